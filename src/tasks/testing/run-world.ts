import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { systemClock } from '../../base/clock.js';
import type { JsonObject } from '../../base/json.js';
import { createEmbeddedBuilder } from '../../build/embedded/embedded-builder.js';
import { makeTar } from '../../build/embedded/testing/build-fixture.js';
import { createRegistryClient } from '../../remote/client.js';
import { MemoryRegistry } from '../../remote/testing/memory-registry.js';
import { createMemoryMetadataStore } from '../../storage/memory-metadata-store.js';
import { createRunService, type RunService, type RunServiceOptions } from '../run-service.js';
import type { Run } from '../runs/run-record.js';

export type SourceEntries = Parameters<typeof makeTar>[0];

/** Login server of the registry `labacr`. */
export const LOGIN_SERVER = 'localhost:5001';

/** A run service over a registry in memory, and a server for its uploads and logs. */
export class RunWorld {
  readonly metadata = createMemoryMetadataStore();
  readonly registry: MemoryRegistry;
  readonly directory: string;
  readonly gateway: Server;
  runs!: RunService;

  private constructor(registry: MemoryRegistry, directory: string) {
    this.registry = registry;
    this.directory = directory;
    this.gateway = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      void this.runs.blobPlane.handle(request, response, url).then((taken) => {
        if (!taken) response.writeHead(418).end();
      });
    });
  }

  static async open(change: Partial<RunServiceOptions> = {}): Promise<RunWorld> {
    const directory = await mkdtemp(path.join(tmpdir(), 'lazurite-tasks-'));
    const world = new RunWorld(await MemoryRegistry.start(), directory);
    await world.reopen(change);
    await new Promise<void>((resolve) => world.gateway.listen(0, '127.0.0.1', resolve));
    return world;
  }

  /** Another service over the same folder, as after a restart. */
  async reopen(change: Partial<RunServiceOptions> = {}): Promise<RunService> {
    const registryClient = createRegistryClient({
      resolveEndpoint: () => ({ baseUrl: this.registry.baseUrl }),
    });
    this.runs = await createRunService({
      directory: path.join(this.directory, 'tasks'),
      metadata: this.metadata,
      builder: createEmbeddedBuilder({
        stateDirectory: path.join(this.directory, 'build'),
        registryClient,
        clock: systemClock,
      }),
      registryClient,
      registryUrl: () => this.registry.baseUrl,
      agentCredentials: () => undefined,
      loginServerOf: (name) => (name === 'labacr' ? LOGIN_SERVER : undefined),
      clock: systemClock,
      maxUploadBytes: 1024 * 1024,
      ...change,
    });
    return this.runs;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.gateway.address() as AddressInfo).port}`;
  }

  async upload(body: Uint8Array): Promise<string> {
    const slot = await this.runs.createUploadSlot('LabACR', this.baseUrl);
    const headers = { 'x-ms-blob-type': 'BlockBlob' };
    const put = await fetch(slot.uploadUrl, { method: 'PUT', headers, body });
    if (put.status !== 201) throw new Error(`upload: ${put.status}`);
    return slot.relativePath;
  }

  async uploadSource(entries: SourceEntries): Promise<string> {
    return this.upload(gzipSync(await makeTar(entries)));
  }

  /** Schedules a run and waits for its end. */
  async finish(body: JsonObject): Promise<{ run: Run; log: string; complete: string | null }> {
    const { runId } = await this.runs.scheduleRun('labacr', body);
    await this.runs.idle();
    const run = await this.runs.getRun('labacr', runId);
    if (run === undefined) throw new Error(`no run ${runId}`);
    const { text, complete } = await this.logOf(runId);
    return { run, log: text, complete };
  }

  async logOf(runId: string): Promise<{ text: string; complete: string | null }> {
    const response = await fetch(await this.runs.logLink('labacr', runId, this.baseUrl));
    return { text: await response.text(), complete: response.headers.get('x-ms-meta-complete') };
  }

  async close(): Promise<void> {
    await this.runs.close();
    this.gateway.closeAllConnections();
    await new Promise((resolve) => this.gateway.close(resolve));
    await this.registry.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}
