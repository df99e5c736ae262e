import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { Upstream } from '../../src/apps/network/upstream.js';
import type { IngressConfiguration } from '../../src/apps/documents.js';
import { createAppService } from '../../src/apps/service.js';
import type { AppService } from '../../src/apps/service.js';
import type { Template } from '../../src/apps/template.js';
import { systemClock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/logger.js';
import type { ContainerRuntime } from '../../src/runtime/runtime.js';
import { CertificateAuthority } from '../../src/server/certificate-authority.js';
import { ReplicaGateway, type ReplicaService } from '../../src/server/replica-gateway.js';
import { createMemoryMetadataStore } from '../../src/storage/memory-metadata-store.js';
import {
  appInput,
  ENVIRONMENT,
  plainTokens,
  PUBLIC_INGRESS,
  REGISTRY,
  template,
} from './app-world.js';
import { embeddedRuntime, type AppRuntime } from './app-runtimes.js';
import { ScriptedRegistry } from './scripted-registry.js';

const BUSYBOX = '/bin/busybox';
const CURL = '/usr/bin/curl';

/** Debian's busybox-static and curl: the programs that these tests run inside. */
export const hasPrograms = existsSync(BUSYBOX) && existsSync(CURL);

const HELLO = `${REGISTRY}/hello:v1`;
const SHELL = `${REGISTRY}/shell:v1`;

export interface NetworkWorldOptions {
  runtime?: AppRuntime;
  upstream?: Upstream;
  services?: ReplicaService[];
}

export interface PutOptions {
  ingress?: Partial<IngressConfiguration>;
  env?: Record<string, string>;
  environmentKey?: string;
  scale?: Partial<Template['scale']>;
}

/** Apps in real sandboxes, connected as a server connects them. */
export interface NetworkWorld {
  service: AppService;
  runtime: ContainerRuntime;
  gateway: ReplicaGateway;
  /** An app that answers on port 8000; its `MESSAGE` is its name. */
  putHello: (name: string, options?: PutOptions) => Promise<void>;
  /** An app in which `run` can run commands. */
  putShell: (name: string, options?: PutOptions) => Promise<void>;
  /** What a command of the shell says inside an app's replica, on either output. */
  run: (name: string, command: string) => Promise<string>;
  close: () => Promise<void>;
}

export async function openNetworkWorld(options: NetworkWorldOptions = {}): Promise<NetworkWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-network-'));
  const opened = await (options.runtime ?? embeddedRuntime()).open();
  const { runtime } = opened;
  const gateway = new ReplicaGateway({
    apps: () => service,
    authority: await CertificateAuthority.open(join(directory, 'ca')),
    address: runtime.info.network.gateway,
    isRegistry: (name) => name === 'acrlab.azurecr.io',
    services: options.services ?? [],
    logger: silentLogger,
    ...(options.upstream && { upstream: options.upstream }),
  });
  const service: AppService = createAppService({
    metadata: createMemoryMetadataStore(),
    runtime,
    registryClient: await images(),
    clock: systemClock,
    logger: silentLogger,
    dataDirectory: join(directory, 'data'),
    tokens: plainTokens,
    connectReplica: gateway.connect,
  });
  gateway.offer([]);
  await service.start();
  await service.putEnvironment(ENVIRONMENT);

  const put = async (image: string, name: string, put: PutOptions = {}): Promise<void> => {
    const env = Object.entries({ MESSAGE: name, ...put.env });
    const container = { image, env: env.map(([key, value]) => ({ name: key, value })) };
    const base = appInput(
      template(container, {
        scale: {
          ...{
            minReplicas: 1,
            maxReplicas: 1,
            cooldownPeriod: 300,
            pollingInterval: 30,
            rules: [],
          },
          ...put.scale,
        },
      }),
    );
    const { outcome } = await service.putApp({
      ...base,
      key: keyOf(name),
      name,
      environmentKey: put.environmentKey ?? ENVIRONMENT.key,
      configuration: {
        ...base.configuration,
        ingress: { ...PUBLIC_INGRESS, targetPort: 8000, allowInsecure: true, ...put.ingress },
      },
    });
    await outcome;
  };
  return {
    service,
    runtime,
    gateway,
    putHello: (name, more) => put(HELLO, name, more),
    putShell: (name, more) => put(SHELL, name, more),
    run: async (name, command) => {
      const revision = service.app(keyOf(name))?.latestRevisionName ?? '';
      const [replica] = service.replicas(`${keyOf(name)}/revisions/${revision}`);
      if (!replica) throw new Error(`${name} has no replica`);
      return post(await replica.dial(8000), '/cgi-bin/run', command);
    },
    close: async () => {
      await service.close();
      await gateway.close();
      await opened.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function keyOf(name: string): string {
  return `/subscriptions/s/resourcegroups/rg/providers/microsoft.app/containerapps/${name}`;
}

async function images(): Promise<ScriptedRegistry> {
  const registry = new ScriptedRegistry();
  registry.images.set(HELLO, {
    entrypoint: ['/hello'],
    layer: await layerOf({ hello: readFileSync('workload/hello/bin/hello-linux-amd64') }),
  });
  if (!hasPrograms) return registry;
  const script =
    '#!/bin/busybox sh\n' +
    "printf 'Content-type: text/plain\\r\\n\\r\\n'\n" +
    'exec /bin/busybox sh 2>&1\n';
  registry.images.set(SHELL, {
    entrypoint: ['/bin/busybox', 'httpd', '-f', '-p', '8000', '-h', '/www'],
    layer: await layerOf({
      'bin/busybox': readFileSync(BUSYBOX),
      'www/cgi-bin/run': script,
      ...withLibraries(CURL),
    }),
  });
  return registry;
}

/** A program of this machine with the libraries it is linked to, by their paths. */
function withLibraries(program: string): Record<string, Buffer> {
  const listed = execFileSync('/usr/bin/ldd', [program], { encoding: 'utf8' });
  const paths = [program, ...(listed.match(/\/\S+/g) ?? [])];
  return Object.fromEntries(paths.map((path) => [path.slice(1), readFileSync(path)]));
}

async function layerOf(files: Record<string, string | Buffer>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name, mode: 0o755 }, content);
  tar.finalize();
  return buffer(tar);
}

function post(socket: Duplex, path: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      method: 'POST',
      path,
      createConnection: () => socket,
      headers: { host: 'inside', 'content-length': Buffer.byteLength(body), connection: 'close' },
    });
    outgoing.once('response', (incoming) => {
      text(incoming).then(resolve, reject);
    });
    outgoing.once('error', reject).end(body);
  });
}
