import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { JsonObject } from '../base/json.js';
import { silentLogger, type Logger } from '../base/logger.js';
import type { HttpPlane } from '../http/plane.js';
import type { Credentials } from '../remote/registry-client.js';
import { removeTree } from '../storage/remove-tree.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import { BlobFiles } from './blobs/blob-files.js';
import { BLOB_ACCOUNT, createBlobPlane } from './blobs/blob-plane.js';
import { UrlSigner } from './blobs/signed-url.js';
import { imageReference } from './runs/image-names.js';
import type { IdentityLogin } from './runs/registry-logins.js';
import { RunExecutor } from './runs/run-executor.js';
import { parseRunFilter } from './runs/run-filter.js';
import { completionOf, isFinished, type Run, type RunTrigger } from './runs/run-record.js';
import type { RunWork } from './runs/run-work.js';
import { parseRunRequest, type RunRequest } from './runs/run-request.js';
import { RunStore } from './runs/run-store.js';
import type { StepServices } from './steps/step-run.js';
import { isRemoteSource } from './sources/remote-source.js';
import type { RunSource } from './runs/carry-out.js';
import { taskErrors } from './task-error.js';

export interface RunServiceOptions extends Omit<StepServices, 'credentialsFor'> {
  /** What runs sign in to their own registry with; undefined for other servers, which tasks need logins for. */
  agentCredentials: (server: string, registryName: string) => Credentials | undefined;
  /** Owned by this service alone: uploads, logs, unpacked sources. */
  directory: string;
  metadata: MetadataStore;
  /** e.g. `'localhost:5001'` for `'labacr'`; undefined when there is no such registry. */
  loginServerOf: (registryName: string) => string | undefined;
  logger?: Logger;
  /** Signs runs in as identities of their tasks; without it they can't. */
  identityLogin?: IdentityLogin;
  /** Runs at work at the same time; others wait as Queued. */
  maxParallelRuns?: number;
  /** Of one uploaded source. */
  maxUploadBytes?: number;
}

export interface ListRunsOptions {
  /** At most this many, newest first. */
  top?: number;
  /** e.g. `"Status eq 'Failed'"` */
  filter?: string;
}

/** The task that a run is of, and what started it if nobody did. */
export interface RunOrigin {
  task: string;
  trigger?: RunTrigger;
  /** `identity` of the task. */
  identity?: JsonObject;
}

/** Runs of all registries: source uploads, builds, records, logs. Registries go by name, in any case. */
export interface RunService {
  /** Where a client PUTs its source archive, and what it names it by in `scheduleRun`. */
  createUploadSlot(
    registryName: string,
    baseUrl: string,
  ): Promise<{ uploadUrl: string; relativePath: string }>;
  /**
   * Queues a run.
   *
   * @param body as ACR's `scheduleRun` takes it
   * @throws TaskError 400 for a request that makes no sense, 404 without such a registry, 501
   */
  scheduleRun(registryName: string, body: JsonObject, origin?: RunOrigin): Promise<Run>;
  getRun(registryName: string, runId: string): Promise<Run | undefined>;
  /** @throws TaskError 400 for a filter that does not parse */
  listRuns(registryName: string, options?: ListRunsOptions): Promise<Run[]>;
  /** A run that has ended stays as it is. @throws TaskError 404 */
  cancelRun(registryName: string, runId: string): Promise<void>;
  /** @throws TaskError 404 */
  updateRun(
    registryName: string,
    runId: string,
    change: { isArchiveEnabled?: boolean },
  ): Promise<Run>;
  /** A signed URL of the run's log, good for an hour. @throws TaskError 404 */
  logLink(registryName: string, runId: string, baseUrl: string): Promise<string>;
  /** Forgets a registry that is gone: its runs, uploads and logs. */
  removeRegistry(registryName: string): Promise<void>;
  /** Serves uploads and logs below `/lazuritestore.blob.localhost/`. */
  readonly blobPlane: HttpPlane;
  /** Resolves when no run is at work. */
  idle(): Promise<void>;
  /** Cancels what is at work and waits for it. */
  close(): Promise<void>;
}

const UPLOAD_LIFETIME_MS = 3600_000;
const LOG_LIFETIME_MS = 3600_000;
const DEFAULT_MAX_UPLOAD_BYTES = 8 * 1024 ** 3;
const LOGS = 'logs';
const SOURCES = 'sources';
/** Of steps with `keep: true`. */
const KEPT = 'kept';

/** Opens the service; runs that an earlier process left unfinished are marked Failed. */
export async function createRunService(options: RunServiceOptions): Promise<RunService> {
  const service = new Service(options);
  await service.recover();
  return service;
}

class Service implements RunService {
  readonly blobPlane: HttpPlane;
  readonly #options: RunServiceOptions;
  readonly #runs: RunStore;
  readonly #files: BlobFiles;
  readonly #signer: UrlSigner;
  readonly #executor: RunExecutor;

  constructor(options: RunServiceOptions) {
    const { directory, clock, logger = silentLogger } = options;
    this.#options = options;
    this.#runs = new RunStore(options.metadata);
    this.#files = new BlobFiles(directory, options.maxUploadBytes ?? DEFAULT_MAX_UPLOAD_BYTES);
    // Links live for an hour; a new process makes new ones.
    this.#signer = new UrlSigner(randomBytes(32), clock);
    this.blobPlane = createBlobPlane({
      files: this.#files,
      signer: this.#signer,
      metadataOf: (name) => this.#metadataOf(name),
      logger,
    });
    this.#executor = new RunExecutor({
      ...options,
      logger,
      runs: this.#runs,
      logFile: (run) => this.#files.file(logName(run.registry, run.runId)),
      keptDirectory: (run) => path.join(directory, KEPT, run.registry, run.runId),
      workDirectory: path.join(directory, 'work'),
      maxParallel: options.maxParallelRuns ?? 2,
    });
  }

  async recover(): Promise<void> {
    const { directory } = this.#options;
    for (const leftover of ['work', 'incoming', 'blocks']) {
      await rm(path.join(directory, leftover), { recursive: true, force: true });
    }
    await mkdir(directory, { recursive: true });
    for (const run of await this.#runs.list()) {
      if (!isFinished(run.status)) await this.#executor.abandon(run);
    }
  }

  async createUploadSlot(registryName: string, baseUrl: string) {
    const registry = this.#require(registryName).name;
    const day = this.#options.clock.now().toISOString().slice(0, 10).replaceAll('-', '');
    const relativePath = `source/${day}/${randomUUID()}.tar.gz`;
    const blob = `/${BLOB_ACCOUNT}/${SOURCES}/${registry}/${relativePath}`;
    const query = this.#signer.sign(blob, 'cw', UPLOAD_LIFETIME_MS);
    return { uploadUrl: `${baseUrl}${blob}?${query}`, relativePath };
  }

  async scheduleRun(
    registryName: string,
    body: JsonObject,
    { identity, ...origin }: Partial<RunOrigin> = {},
  ): Promise<Run> {
    const { name: registry, loginServer } = this.#require(registryName);
    const request = parseRunRequest(body);
    const source = await this.#sourceOf(registry, request);
    const runId = await this.#runs.nextId(registry);
    const now = this.#options.clock.now();
    const { work, platform, agentPool } = request;
    const taskName = origin.task;
    const naming = { runId, registryName: registry, loginServer, ...platform, now, taskName };
    const names = work.kind === 'docker' ? work.imageNames : [];
    const references = names.map((name) => imageReference(name, naming));
    const time = now.toISOString();
    const run: Run = {
      runId,
      registry,
      status: 'Queued',
      runType: runTypeOf(work, origin),
      createTime: time,
      lastUpdatedTime: time,
      platform,
      cpu: request.cpu,
      isArchiveEnabled: request.isArchiveEnabled,
      outputImages: [],
      ...(agentPool && { agentPool }),
      ...origin,
    };
    await this.#executor.enqueue({ run, request, references, loginServer, source, identity });
    return { ...run };
  }

  /** @throws TaskError 400 when nothing was uploaded there */
  async #sourceOf(
    registry: string,
    { sourceLocation, sourceToken }: RunRequest,
  ): Promise<RunSource | undefined> {
    if (sourceLocation === undefined) return undefined;
    if (isRemoteSource(sourceLocation)) return { location: sourceLocation, token: sourceToken };
    const blob = `${SOURCES}/${registry}/${sourceLocation}`;
    const wellFormed = /^source\/\d{8}\/[0-9a-f-]{36}\.tar\.gz$/.test(sourceLocation);
    const uploaded = wellFormed && (await this.#files.properties(blob)) !== undefined;
    if (uploaded) return { upload: this.#files.file(blob) };
    throw taskErrors.invalidSource(
      `The source location '${sourceLocation}' was not uploaded. Ask for an upload URL, PUT the archive there, then schedule the run.`,
    );
  }

  async getRun(registryName: string, runId: string): Promise<Run | undefined> {
    return this.#runs.get(registryName.toLowerCase(), runId);
  }

  async listRuns(registryName: string, options: ListRunsOptions = {}): Promise<Run[]> {
    const keep = parseRunFilter(options.filter ?? '');
    const runs = (await this.#runs.list(registryName.toLowerCase())).filter(keep).reverse();
    return runs.slice(0, options.top ?? runs.length);
  }

  async cancelRun(registryName: string, runId: string): Promise<void> {
    const run = await this.#requireRun(registryName, runId);
    await this.#executor.cancel(run);
  }

  async updateRun(
    registryName: string,
    runId: string,
    change: { isArchiveEnabled?: boolean },
  ): Promise<Run> {
    return this.#executor.update(await this.#requireRun(registryName, runId), change);
  }

  async logLink(registryName: string, runId: string, baseUrl: string): Promise<string> {
    const run = await this.#requireRun(registryName, runId);
    const blob = `/${BLOB_ACCOUNT}/${logName(run.registry, run.runId)}`;
    return `${baseUrl}${blob}?${this.#signer.sign(blob, 'r', LOG_LIFETIME_MS)}`;
  }

  async removeRegistry(registryName: string): Promise<void> {
    const registry = registryName.toLowerCase();
    for (const run of await this.#runs.list(registry)) await this.#executor.cancel(run);
    await this.#executor.settled(registry);
    await this.#runs.removeAll(registry);
    await this.#files.remove(`${LOGS}/${registry}`);
    await this.#files.remove(`${SOURCES}/${registry}`);
    await removeTree(path.join(this.#options.directory, KEPT, registry));
  }

  idle(): Promise<void> {
    return this.#executor.settled();
  }

  close(): Promise<void> {
    return this.#executor.close();
  }

  /** A log says that it is complete once its run has ended, which is after its last line is written. */
  async #metadataOf(blobName: string): Promise<Record<string, string>> {
    const match = /^logs\/([^/]+)\/([^/]+)\/rawtext\.log$/.exec(blobName);
    if (match?.[1] === undefined || match[2] === undefined) return {};
    const run = await this.#runs.get(match[1], match[2]);
    const complete = run && completionOf(run.status);
    return complete === undefined ? {} : { Complete: complete };
  }

  #require(registryName: string): { name: string; loginServer: string } {
    const name = registryName.toLowerCase();
    const loginServer = this.#options.loginServerOf(name);
    if (loginServer !== undefined) return { name, loginServer };
    throw taskErrors.registryNotFound(registryName);
  }

  async #requireRun(registryName: string, runId: string): Promise<Run> {
    const run = await this.getRun(registryName, runId);
    if (run === undefined) throw taskErrors.runNotFound(runId);
    return run;
  }
}

function runTypeOf(work: RunWork, origin: Partial<RunOrigin>): Run['runType'] {
  const what = work.kind === 'docker' ? 'Build' : 'Run';
  return origin.trigger === undefined ? `Quick${what}` : `Auto${what}`;
}

function logName(registry: string, runId: string): string {
  return `${LOGS}/${registry}/${runId}/rawtext.log`;
}
