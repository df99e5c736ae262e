import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import { backoffDelayMs } from '../backoff.js';
import type { SystemLog } from '../logs/system-log.js';
import { Replica } from '../replica/replica.js';
import type { ReplicaDependencies, ReplicaSpec } from '../replica/replica.js';
import { randomBase36 } from '../revision-name.js';
import type { RandomBytes } from '../revision-name.js';
import type { ReconcileResult } from '../work-queue.js';
import { WorkQueue } from '../work-queue.js';
import type { ExecutionDocument, ExecutionReplica, JobDocument } from './job-documents.js';
import type { JobState } from './job-state.js';

export interface ExecutionControllerOptions {
  state: JobState;
  clock: Clock;
  logger: Logger;
  random: RandomBytes;
  logOf: (job: JobDocument) => SystemLog;
  replicaDependencies: (
    job: JobDocument,
    spec: ReplicaSpec,
  ) => Omit<ReplicaDependencies, 'changed' | 'wake' | 'log'>;
  /** Nothing of this replica runs any more. */
  replicaGone: (spec: ReplicaSpec) => void;
  /** Something observable changed. */
  changed: () => void;
}

/** What a stopped execution's programs get to end by themselves. */
const STOP_GRACE_MS = 1000;
/** Azure's defaults where a job has nothing to say about them. */
const NO_SCALE = { minReplicas: 1, maxReplicas: 1, cooldownPeriod: 300, pollingInterval: 30 };

/** Runs executions: replicas side by side, until enough have ended well or too many have not. */
export class ExecutionController {
  readonly queue: WorkQueue;
  readonly #replicaQueue: WorkQueue;
  readonly #options: ExecutionControllerOptions;
  readonly #replicas = new Map<string, Map<string, Replica>>();

  constructor(options: ExecutionControllerOptions) {
    this.#options = options;
    const { clock, logger } = options;
    this.queue = new WorkQueue({
      name: 'execution',
      clock,
      logger,
      reconcile: (key) => this.#reconcile(key),
    });
    this.#replicaQueue = new WorkQueue({
      name: 'job replica',
      clock,
      logger,
      reconcile: async (key, signal) => (await this.#find(key)?.reconcile(signal)) ?? {},
    });
  }

  /** Those that still run, oldest first. */
  replicas(executionKey: string): Replica[] {
    return [...(this.#replicas.get(executionKey)?.values() ?? [])];
  }

  async close(): Promise<void> {
    const queues = [this.queue.close(), this.#replicaQueue.close()];
    await this.#destroyAll();
    await Promise.all(queues);
    await this.#destroyAll();
    this.#replicas.clear();
  }

  async #destroyAll(): Promise<void> {
    const all = [...this.#replicas.keys()].flatMap((key) => this.replicas(key));
    await Promise.all(all.map((replica) => replica.destroy()));
  }

  #find(replicaKey: string): Replica | undefined {
    const at = replicaKey.indexOf('/replicas/');
    return this.#replicas.get(replicaKey.slice(0, at))?.get(replicaKey);
  }

  async #reconcile(key: string): Promise<ReconcileResult> {
    const { state } = this.#options;
    this.#forgetGone(key);
    const job = state.job(state.execution(key)?.jobKey ?? '');
    if (state.execution(key)?.status === 'Running' && job) await this.#harvest(key, job);
    const execution = state.execution(key);
    this.#options.changed();
    if (!job || execution?.status !== 'Running') {
      this.#retire(this.replicas(key));
      return {};
    }
    return this.#advance(execution, job);
  }

  /** Writes down which replicas have ended, and whether that decides the execution. */
  async #harvest(key: string, job: JobDocument): Promise<void> {
    const { state, clock } = this.#options;
    const now = clock.now().toISOString();
    const running = new Map(this.replicas(key).map((replica) => [replica.spec.name, replica]));
    const outcomeOf = (name: string): ExecutionReplica['outcome'] => {
      const replica = running.get(name);
      return replica ? replica.outcome : 'lost';
    };
    let ended: ExecutionDocument | undefined;
    await state.changeExecution(key, (execution) => {
      const replicas = execution.replicas.map((replica) => {
        const outcome = replica.outcome ?? outcomeOf(replica.name);
        return outcome === replica.outcome ? replica : { ...replica, outcome, endedAt: now };
      });
      const status = statusOf({ ...execution, replicas }, clock.now().getTime());
      if (status === 'Running') return { ...execution, replicas };
      const stopped = replicas.map((replica): ExecutionReplica => {
        return replica.outcome ? replica : { ...replica, outcome: 'stopped', endedAt: now };
      });
      ended = { ...execution, replicas: stopped, status, endTime: now };
      return ended;
    });
    this.#retire(this.replicas(key).filter(({ outcome }) => outcome !== undefined));
    if (ended) this.#announceEnd(job, ended);
  }

  #announceEnd(job: JobDocument, execution: ExecutionDocument): void {
    const { name, status } = execution;
    const log = this.#options.logOf(job);
    if (status === 'Succeeded') {
      log.append({ reason: 'Completed', message: 'Job completed', revision: name });
      return;
    }
    const tooMany = failures(execution) > execution.replicaRetryLimit;
    log.append({
      reason: tooMany ? 'BackoffLimitExceeded' : 'DeadlineExceeded',
      message: tooMany
        ? 'Job has reached the specified backoff limit'
        : 'Job was active longer than specified deadline',
      warning: true,
      revision: name,
    });
  }

  /** As many replicas as may run side by side, and no more than are missing. */
  async #advance(execution: ExecutionDocument, job: JobDocument): Promise<ReconcileResult> {
    const now = this.#options.clock.now().getTime();
    const deadline = Date.parse(execution.startTime) + execution.replicaTimeout * 1000;
    const active = execution.replicas.filter(({ outcome }) => outcome === undefined).length;
    const { parallelism, replicaCompletionCount } = execution.trigger;
    const missing = replicaCompletionCount - succeeded(execution);
    const wanted = Math.min(parallelism, missing) - active;
    const due = retryAt(execution);
    const waits = [deadline - now];
    if (wanted > 0 && due > now) waits.push(due - now);
    else for (let count = 0; count < wanted; count++) await this.#create(execution, job);
    return { requeueAfterMs: Math.max(1, Math.min(...waits)) };
  }

  async #create(execution: ExecutionDocument, job: JobDocument): Promise<void> {
    const { state, clock, random, logOf, replicaDependencies } = this.#options;
    const name = `${execution.name}-${randomBase36(5, random)}`;
    const createdAt = clock.now();
    const spec: ReplicaSpec = {
      key: `${execution.key}/replicas/${name}`,
      name,
      appKey: job.key,
      revisionKey: execution.key,
      revisionName: execution.name,
      podHash: execution.name,
      template: { ...execution.template, revisionSuffix: '', scale: { ...NO_SCALE, rules: [] } },
      runsOnce: true,
      ingressPort: undefined,
      createdAt,
    };
    await state.changeExecution(execution.key, (now) => ({
      ...now,
      replicas: [...now.replicas, { name, createdAt: createdAt.toISOString() }],
    }));
    const message = `Created pod: ${name}`;
    logOf(job).append({ reason: 'SuccessfulCreate', message, revision: execution.name });
    const replica = new Replica(spec, {
      ...replicaDependencies(job, spec),
      log: logOf(job),
      changed: () => {
        this.queue.add(execution.key);
      },
      wake: () => {
        this.#replicaQueue.add(spec.key);
      },
    });
    const all = this.#replicas.get(execution.key) ?? new Map<string, Replica>();
    this.#replicas.set(execution.key, all.set(spec.key, replica));
    this.#replicaQueue.add(spec.key);
  }

  #retire(replicas: readonly Replica[]): void {
    for (const replica of replicas) {
      if (replica.stopping) continue;
      replica.retire({ graceMs: STOP_GRACE_MS });
      this.#replicaQueue.interrupt(replica.spec.key);
    }
  }

  #forgetGone(executionKey: string): void {
    const all = this.#replicas.get(executionKey);
    for (const [key, replica] of all ?? []) {
      if (!replica.gone) continue;
      all?.delete(key);
      this.#options.replicaGone(replica.spec);
    }
    if (all?.size === 0) this.#replicas.delete(executionKey);
  }
}

function statusOf(execution: ExecutionDocument, now: number): ExecutionDocument['status'] {
  const { trigger, replicaRetryLimit, replicaTimeout, startTime } = execution;
  if (succeeded(execution) >= trigger.replicaCompletionCount) return 'Succeeded';
  if (failures(execution) > replicaRetryLimit) return 'Failed';
  return now >= Date.parse(startTime) + replicaTimeout * 1000 ? 'Failed' : 'Running';
}

function succeeded({ replicas }: ExecutionDocument): number {
  return replicas.filter(({ outcome }) => outcome === 'succeeded').length;
}

function failures({ replicas }: ExecutionDocument): number {
  return replicas.filter(({ outcome }) => outcome === 'failed').length;
}

/** When the next replica may start: failures are followed by longer and longer waits. */
function retryAt(execution: ExecutionDocument): number {
  const count = failures(execution);
  if (count === 0) return 0;
  const last = execution.replicas.findLast(({ outcome }) => outcome === 'failed')?.endedAt ?? '';
  return Date.parse(last) + backoffDelayMs('crash', count);
}
