import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../base/failure.js';
import type { JsonObject } from '../../base/json.js';
import type { Logger } from '../../base/logger.js';
import type { Reference } from '../../oci/reference.js';
import type { Credentials } from '../../remote/registry-client.js';
import { SourceArchiveError } from '../source-archive.js';
import { StepFailure, type StepServices } from '../steps/step-run.js';
import { carryOut, type RunSource } from './carry-out.js';
import { signIn, type IdentityLogin } from './registry-logins.js';
import { RunLog } from './run-log.js';
import { secretsOf } from './run-plan.js';
import { isFinished, type Run, type RunStatus } from './run-record.js';
import type { RunRequest } from './run-request.js';
import type { RunStore } from './run-store.js';

/** A run that waits or works. */
export interface RunJob {
  run: Run;
  request: RunRequest;
  references: readonly Reference[];
  loginServer: string;
  /** An uploaded archive is removed when the run has ended. */
  source: RunSource | undefined;
  /** `identity` of its task: which ones the run may sign in as. */
  identity: JsonObject | undefined;
}

export interface RunExecutorOptions extends Omit<StepServices, 'credentialsFor'> {
  agentCredentials: (server: string, registryName: string) => Credentials | undefined;
  runs: RunStore;
  logger: Logger;
  logFile: (run: Run) => string;
  keptDirectory: (run: Run) => string;
  /** For unpacked sources. */
  workDirectory: string;
  maxParallel: number;
  identityLogin?: IdentityLogin;
}

/** Why a run was stopped from outside. */
class StopRun extends Error {
  readonly status: 'Canceled' | 'Timeout';

  constructor(status: StopRun['status'], message: string) {
    super(message);
    this.name = 'StopRun';
    this.status = status;
  }
}

interface Active {
  job: RunJob;
  controller: AbortController;
  done: Promise<void>;
}

interface Outcome {
  status: RunStatus;
  error?: string;
}

/** Works off queued runs, a few at a time, and keeps their records and logs true. */
export class RunExecutor {
  readonly #options: RunExecutorOptions;
  readonly #queue: RunJob[] = [];
  readonly #active = new Map<string, Active>();

  constructor(options: RunExecutorOptions) {
    this.#options = options;
  }

  /** The run is stored, and its log exists, once this resolves. */
  async enqueue(job: RunJob): Promise<void> {
    const log = await RunLog.open(this.#options.logFile(job.run), this.#options.clock);
    await log.close();
    await this.#options.runs.put(job.run);
    this.#queue.push(job);
    this.#startNext();
  }

  /** Resolves when the run has ended. */
  async cancel(run: Run): Promise<void> {
    const waiting = this.#queue.findIndex(({ run: queued }) => sameRun(queued, run));
    const [job] = waiting < 0 ? [] : this.#queue.splice(waiting, 1);
    if (job) {
      await this.#endBeforeStart(job, 'Canceled', 'the run was canceled before it started');
      return;
    }
    const active = this.#active.get(keyOf(run));
    active?.controller.abort(new StopRun('Canceled', 'the run was canceled'));
    await active?.done;
  }

  /** Changes what a run says of itself, whether it still works or not. */
  async update(run: Run, change: Partial<Pick<Run, 'isArchiveEnabled'>>): Promise<Run> {
    const jobs = [...this.#queue, ...[...this.#active.values()].map(({ job }) => job)];
    // A run at work is written again from what its job holds.
    const kept = jobs.find((job) => sameRun(job.run, run))?.run ?? run;
    const lastUpdatedTime = this.#options.clock.now().toISOString();
    Object.assign(kept, { ...change, lastUpdatedTime });
    await this.#options.runs.put(kept);
    return { ...kept };
  }

  /** A run of an earlier process, which took its work with it. */
  async abandon(run: Run): Promise<void> {
    await this.#end(run, {
      status: 'Failed',
      error: 'the server stopped while the run was in progress',
    });
  }

  /** Resolves when nothing waits or works, of one registry or at all. */
  async settled(registry?: string): Promise<void> {
    const concerns = ({ run }: RunJob): boolean =>
      registry === undefined || run.registry === registry;
    for (;;) {
      const working = [...this.#active.values()].filter((active) => concerns(active.job));
      if (working.length === 0 && !this.#queue.some(concerns)) return;
      await Promise.race([...this.#active.values()].map((active) => active.done));
    }
  }

  async close(): Promise<void> {
    for (const job of this.#queue.splice(0)) {
      await this.#endBeforeStart(job, 'Canceled', 'the server stopped before the run started');
    }
    for (const active of this.#active.values()) {
      active.controller.abort(new StopRun('Canceled', 'the server stopped'));
    }
    await this.settled();
  }

  #startNext(): void {
    while (this.#active.size < this.#options.maxParallel) {
      const job = this.#queue.shift();
      if (job === undefined) return;
      const controller = new AbortController();
      const key = keyOf(job.run);
      const done = this.#work(job, controller)
        .catch((error: unknown) => {
          this.#options.logger.error({ error, run: key }, 'run record could not be kept');
        })
        .finally(() => {
          this.#active.delete(key);
          this.#startNext();
        });
      this.#active.set(key, { job, controller, done });
    }
  }

  async #work(job: RunJob, controller: AbortController): Promise<void> {
    const now = this.#options.clock.now().toISOString();
    Object.assign(job.run, { startTime: now });
    await this.#setStatus(job.run, 'Started');
    const seconds = job.request.timeoutSeconds;
    const timer = setTimeout(() => {
      controller.abort(new StopRun('Timeout', `the run took longer than ${seconds} seconds`));
    }, seconds * 1000);
    const directory = path.join(this.#options.workDirectory, `acb_vol_${randomUUID()}`);
    try {
      await this.#end(job.run, await this.#carryOut(job, directory, controller.signal));
    } finally {
      clearTimeout(timer);
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
      await removeUpload(job);
    }
  }

  async #carryOut(job: RunJob, directory: string, signal: AbortSignal): Promise<Outcome> {
    const { logFile, clock } = this.#options;
    const secrets = secretsOf(job.request);
    const log = await RunLog.open(logFile(job.run), clock, secrets);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const { agentCredentials, identityLogin } = this.#options;
      const logins = await signIn(job.request.logins, job.identity, identityLogin);
      await carryOut({
        ...this.#options,
        ...job,
        logins,
        credentialsFor: (server) =>
          logins.get(server.toLowerCase()) ?? agentCredentials(server, job.run.registry),
        directory,
        keptDirectory: this.#options.keptDirectory(job.run),
        log,
        signal,
        running: () => this.#setStatus(job.run, 'Running'),
      });
      return { status: 'Succeeded' };
    } catch (error) {
      return this.#outcomeOf(error, signal, job.run);
    } finally {
      await log.close();
    }
  }

  async #setStatus(run: Run, status: RunStatus): Promise<void> {
    const { clock, runs } = this.#options;
    Object.assign(run, { status, lastUpdatedTime: clock.now().toISOString() });
    await runs.put(run);
  }

  #outcomeOf(error: unknown, signal: AbortSignal, run: Run): Outcome {
    const reason: unknown = signal.reason;
    if (reason instanceof StopRun) return { status: reason.status, error: reason.message };
    if (error instanceof StepFailure) return { status: 'Failed', error: error.message };
    if (error instanceof SourceArchiveError) {
      return { status: 'Failed', error: `failed to download source code, err: ${error.message}` };
    }
    this.#options.logger.error({ error, run: keyOf(run) }, 'run failed unexpectedly');
    return { status: 'Error', error: `internal error: ${messageOf(error)}` };
  }

  async #endBeforeStart(job: RunJob, status: RunStatus, error: string): Promise<void> {
    await this.#end(job.run, { status, error });
    await removeUpload(job);
  }

  /** The last line of the log first, then the record: a reader that sees the end has all of the log. */
  async #end(run: Run, { status, error }: Outcome): Promise<void> {
    if (isFinished(run.status)) return;
    const { clock, runs } = this.#options;
    const now = clock.now();
    const start = Date.parse(run.startTime ?? run.createTime);
    const seconds = Math.max(0, Math.round((now.getTime() - start) / 1000));
    const log = await RunLog.open(this.#options.logFile(run), clock);
    log.line('');
    log.line(closingLine(run.runId, status, seconds, error));
    await log.close();
    const time = now.toISOString();
    Object.assign(run, {
      status,
      finishTime: time,
      lastUpdatedTime: time,
      ...(error !== undefined && { runErrorMessage: error }),
    });
    await runs.put(run);
  }
}

function closingLine(runId: string, status: RunStatus, seconds: number, error = ''): string {
  switch (status) {
    case 'Succeeded':
      return `Run ID: ${runId} was successful after ${seconds}s`;
    case 'Canceled':
      return `Run ID: ${runId} was canceled after ${seconds}s. Error: ${error}`;
    case 'Timeout':
      return `Run ID: ${runId} timed out after ${seconds}s. Error: ${error}`;
    default:
      return `Run ID: ${runId} failed after ${seconds}s. Error: ${error}`;
  }
}

async function removeUpload({ source }: RunJob): Promise<void> {
  if (source && 'upload' in source) await rm(source.upload, { force: true });
}

function keyOf(run: Run): string {
  return `${run.registry}/${run.runId}`;
}

function sameRun(a: Run, b: Run): boolean {
  return keyOf(a) === keyOf(b);
}
