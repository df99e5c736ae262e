import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createAppService } from '../../src/apps/service.js';
import type { AppService } from '../../src/apps/service.js';
import type { EnvironmentVariable } from '../../src/apps/template.js';
import { systemClock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/logger.js';
import { createMemoryMetadataStore } from '../../src/storage/memory-metadata-store.js';
import {
  describeRuntimes,
  embeddedRuntime,
  ENGINE_RUNTIMES,
  type OpenRuntime,
} from '../support/app-runtimes.js';
import {
  APP_KEY,
  appInput,
  ENVIRONMENT,
  plainTokens,
  REGISTRY,
  template,
} from '../support/app-world.js';
import { ScriptedRegistry } from '../support/scripted-registry.js';

// Whole revisions on this machine's kernel and on engines: unpacked, run, probed and asked over HTTP.

const GOOD = `${REGISTRY}/hello:v1`;
const LIAR = `${REGISTRY}/hello:liar`;
const registry = new ScriptedRegistry();
let directory: string;
let opened: OpenRuntime;
let service: AppService;
let server: Server;

async function layerOf(binary: string): Promise<Buffer> {
  const tar = pack();
  const bytes = readFileSync(join('workload', 'hello', 'bin', binary));
  tar.entry({ name: 'hello', mode: 0o755 }, bytes);
  tar.finalize();
  return buffer(tar);
}

beforeAll(async () => {
  const entrypoint = ['/hello'];
  registry.images.set(GOOD, { entrypoint, layer: await layerOf('hello-linux-amd64') });
  registry.images.set(LIAR, { entrypoint, layer: await layerOf('hello-linux-arm64') });
});

async function openService(): Promise<void> {
  service = createAppService({
    metadata: createMemoryMetadataStore(),
    runtime: opened.runtime,
    registryClient: registry,
    clock: systemClock,
    logger: silentLogger,
    dataDirectory: mkdtempSync(join(directory, 'data-')),
    tokens: plainTokens,
  });
  await service.start();
  await service.putEnvironment(ENVIRONMENT);
  server = createServer((request, response) => {
    void service.ingress.handleForApp(APP_KEY, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

async function closeService(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await service.close();
}

function ask(path = '/'): Promise<{ status: number; body: string }> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent: false, path }, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body }));
    }).on('error', reject);
  });
}

async function put(image: string, env: EnvironmentVariable[] = []): Promise<string> {
  const { outcome } = await service.putApp(appInput(template({ image, env })));
  await outcome;
  return service.app(APP_KEY)?.latestRevisionName ?? '';
}

function states(revision: string): string {
  const status = service.revision(APP_KEY, revision)?.status;
  return status
    ? `${status.provisioningState}/${status.healthState}/${status.runningState}`
    : 'none';
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true in time');
    await systemClock.sleep(10);
  }
}

// The strongest level that works here, the weakest, where replicas share this machine's ports, and engines.
const RUNTIMES = [embeddedRuntime(), embeddedRuntime({ isolation: 'process' }), ...ENGINE_RUNTIMES];

describeRuntimes('a revision', RUNTIMES, (choice) => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'lazurite-apps-e2e-'));
    opened = await choice.open();
  });
  afterAll(async () => {
    await opened.close();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(openService);
  afterEach(closeService);

  it('fails without its tag, recovers with a good one, and answers from its own container', async () => {
    const missing = await put(`${REGISTRY}/hello:does-not-exist`);
    await until(() => states(missing) === 'Failed/Unhealthy/Failed');
    const good = await put(GOOD, [{ name: 'MESSAGE', value: 'recovered' }]);
    await until(() => states(good) === 'Provisioned/Healthy/RunningAtMaxScale');
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({
      message: 'recovered',
      architecture: 'amd64',
    });
  });

  it('is healthy and answers soon when its image is here already', async () => {
    await put(GOOD);
    const begun = performance.now();
    await put(GOOD, [{ name: 'MESSAGE', value: 'again' }]);
    const { body } = await ask();
    expect(body).toContain('again');
    expect(performance.now() - begun).toBeLessThan(
      choice.name.startsWith('embedded') ? 1000 : 5000,
    );
  });

  it('says that a program is for another machine', async () => {
    const revision = await put(LIAR);
    await until(() => states(revision) === 'Failed/Unhealthy/Failed');
    const { diagnosis, provisioningError } = service.revision(APP_KEY, revision)!.status;
    expect(provisioningError).toBe('Container crashing: app');
    expect(diagnosis?.cause).toBe(
      'The image says it is for linux/amd64, but its program is for linux/arm64 (exec format error).',
    );
  });

  it('says what listens when the port is wrong', async () => {
    const revision = await put(GOOD, [{ name: 'PORT', value: '8081' }]);
    await until(
      () =>
        service.revision(APP_KEY, revision)?.status.runningStateDetails ===
        'The TargetPort 8000 does not match the listening port 8081.',
    );
  });

  it('crashes when its program ends, with the exit code in the log', async () => {
    const revision = await put(GOOD, [{ name: 'EXIT_CODE', value: '3' }]);
    await until(() => states(revision) === 'Failed/Unhealthy/Failed');
    const rows = service.systemLog(service.app(APP_KEY)!).rows();
    expect(rows.map(({ Msg }) => Msg)).toContain(
      "Container 'app' was terminated with exit code '3' and reason 'ProcessExited'",
    );
  });

  it('goes on serving when a newer one fails', async () => {
    const good = await put(GOOD);
    await until(() => states(good) === 'Provisioned/Healthy/RunningAtMaxScale');
    const bad = await put(GOOD, [{ name: 'EXIT_CODE', value: '3' }]);
    await until(() => states(bad) === 'Failed/Unhealthy/Failed');
    await until(() => states(good) === 'Provisioned/Healthy/RunningAtMaxScale');
    expect((await ask()).status).toBe(200);
  });

  it('leaves nothing when its app is deleted', async () => {
    await put(GOOD);
    await service.deleteApp(APP_KEY);
    expect(service.revisions(APP_KEY)).toEqual([]);
    expect((await ask()).status).toBe(404);
  });
});
