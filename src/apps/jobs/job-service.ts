import type { ImageAccess } from '../image-access.js';
import { admitImages } from '../image-admission.js';
import type { ImageAdmission } from '../image-admission.js';
import type { LogStore } from '../logs/log-store.js';
import { replicaEnvironment } from '../replica-environment.js';
import { PortLeases } from '../replica/port-leases.js';
import type { Replica } from '../replica/replica.js';
import type { ReplicaSpec } from '../replica/replica.js';
import type { VolumeDirectories } from '../replica/replica-volumes.js';
import { randomBase36 } from '../revision-name.js';
import type { RandomBytes } from '../revision-name.js';
import type { AppServiceOptions } from '../service-options.js';
import type { EnvironmentDocument } from '../documents.js';
import { ExecutionController } from './execution-controller.js';
import type { ExecutionDocument, JobDocument, JobTemplate } from './job-documents.js';
import { JobSchedule } from './job-schedule.js';
import { executionKeyOf, JobState } from './job-state.js';

export type JobInput = Omit<JobDocument, 'createdAt'>;

export interface JobServiceOptions extends Pick<
  AppServiceOptions,
  'metadata' | 'runtime' | 'clock' | 'logger' | 'connectReplica' | 'identityVariables'
> {
  access: ImageAccess;
  admission: ImageAdmission;
  logs: LogStore;
  random: RandomBytes;
  volumeDirectories: VolumeDirectories;
  environment: (key: string) => EnvironmentDocument | undefined;
}

/** Jobs: programs that run to their end, when somebody starts them or a clock does. */
export class JobService {
  readonly #options: JobServiceOptions;
  readonly #state: JobState;
  readonly #executions: ExecutionController;
  readonly #schedule: JobSchedule;
  readonly #watchers = new Set<() => void>();

  constructor(options: JobServiceOptions) {
    this.#options = options;
    const { clock, logger, random, runtime, access, logs, volumeDirectories } = options;
    this.#state = new JobState(options.metadata);
    const ports = new PortLeases();
    this.#executions = new ExecutionController({
      state: this.#state,
      clock,
      logger,
      random,
      logOf: (job) => logs.system(job),
      replicaDependencies: (job, spec) => ({
        runtime,
        ports,
        volumeDirectories,
        connect: options.connectReplica,
        environment: replicaEnvironment({
          workload: () => this.#state.job(spec.appKey),
          platformVariables: (now) => this.#variables(now, spec),
          access,
          clock,
          identityVariables: options.identityVariables,
        }),
        consoleFor: (container) => logs.console(job, spec, container),
      }),
      replicaGone: (spec) => {
        const job = this.#state.job(spec.appKey);
        if (job) logs.release(job, spec);
      },
      changed: () => {
        for (const check of this.#watchers) check();
      },
    });
    this.#schedule = new JobSchedule({
      clock,
      logger,
      jobs: this.#state,
      start: async (job) => {
        await this.start(job.key);
      },
    });
  }

  /** Reads what is stored; executions that ran go on with new replicas. */
  async open(): Promise<void> {
    await this.#state.load();
    for (const job of this.#state.jobs()) {
      this.#schedule.queue.add(job.key);
      for (const { key } of this.#state.executions(job.key)) this.#executions.queue.add(key);
    }
  }

  async close(): Promise<void> {
    await this.#schedule.queue.close();
    await this.#executions.close();
  }

  job(key: string): JobDocument | undefined {
    return this.#state.job(key);
  }

  jobs(): JobDocument[] {
    return this.#state.jobs();
  }

  /** Newest first. */
  executions(jobKey: string): ExecutionDocument[] {
    return this.#state.executions(jobKey);
  }

  execution(jobKey: string, name: string): ExecutionDocument | undefined {
    return this.#state.execution(executionKeyOf(jobKey, name));
  }

  /** Of its replicas those that still run. */
  replicas(executionKey: string): Replica[] {
    return this.#executions.replicas(executionKey);
  }

  /** Whether such a container runs, or once did: its log can be read. */
  hasContainer(
    jobKey: string,
    replica: { revisionName: string; name: string },
    container: string,
  ): boolean {
    const execution = this.execution(jobKey, replica.revisionName);
    const { initContainers = [], containers = [] } = execution?.template ?? {};
    const known = [...initContainers, ...containers].some(({ name }) => name === container);
    return known && execution?.replicas.some(({ name }) => name === replica.name) === true;
  }

  /**
   * Creates a job or changes it. Executions that run keep what they were started with.
   *
   * @throws ImageRefusedError
   */
  async put(
    input: JobInput,
    signal?: AbortSignal,
  ): Promise<{ created: boolean; job: JobDocument }> {
    const { access, admission, clock } = this.#options;
    await admitImages({ admission, access, app: input, signal });
    const existing = this.#state.job(input.key);
    const createdAt = existing?.createdAt ?? clock.now().toISOString();
    const job = { ...input, createdAt };
    await this.#state.putJob(job);
    this.#schedule.queue.add(job.key);
    return { created: existing === undefined, job };
  }

  /** Resolves when nothing of it is left. */
  async delete(key: string): Promise<void> {
    const job = this.#state.job(key);
    if (!job) return;
    await this.stop(key);
    const executions = this.#state.executions(key);
    await this.#until(() => executions.every((one) => this.replicas(one.key).length === 0));
    await this.#state.remove(key);
    this.#schedule.queue.add(key);
    await this.#options.logs.remove(job);
  }

  /** @param template instead of the job's; undefined when there is no such job */
  async start(jobKey: string, template?: JobTemplate): Promise<ExecutionDocument | undefined> {
    const job = this.#state.job(jobKey);
    if (!job) return undefined;
    const { trigger, replicaTimeout, replicaRetryLimit } = job.configuration;
    const name = `${job.name}-${randomBase36(7, this.#options.random)}`;
    const execution: ExecutionDocument = {
      key: executionKeyOf(jobKey, name),
      jobKey,
      name,
      status: 'Running',
      startTime: this.#options.clock.now().toISOString(),
      template: template ?? job.template,
      trigger,
      replicaTimeout,
      replicaRetryLimit,
      replicas: [],
    };
    await this.#state.addExecution(execution);
    this.#executions.queue.add(execution.key);
    return execution;
  }

  /**
   * Stops one execution, or all of them.
   *
   * @returns those that ran; undefined when there is none of that name
   */
  async stop(jobKey: string, name?: string): Promise<ExecutionDocument[] | undefined> {
    const all = this.#state.executions(jobKey);
    const chosen = all.filter((one) => name === undefined || one.name === name.toLowerCase());
    if (name !== undefined && chosen.length === 0) return undefined;
    const running = chosen.filter(({ status }) => status === 'Running');
    for (const { key } of running) {
      const endTime = this.#options.clock.now().toISOString();
      await this.#state.changeExecution(key, (execution) =>
        execution.status === 'Running' ? stopped(execution, endTime) : undefined,
      );
      this.#executions.queue.add(key);
    }
    return running.map(({ key, ...rest }) => this.#state.execution(key) ?? { key, ...rest });
  }

  /** @see https://learn.microsoft.com/azure/container-apps/environment-variables#jobs */
  #variables(job: JobDocument, spec: ReplicaSpec): Map<string, string> {
    const environment = this.#options.environment(job.environmentKey);
    return new Map([
      ['CONTAINER_APP_JOB_NAME', job.name],
      ['CONTAINER_APP_JOB_EXECUTION_NAME', spec.revisionName],
      ['CONTAINER_APP_REPLICA_NAME', spec.name],
      ['CONTAINER_APP_ENV_DNS_SUFFIX', environment?.defaultDomain ?? ''],
      ['HOSTNAME', spec.name],
    ]);
  }

  async #until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        this.#watchers.delete(check);
        resolve();
      };
      this.#watchers.add(check);
    });
  }
}

function stopped(execution: ExecutionDocument, endTime: string): ExecutionDocument {
  const replicas = execution.replicas.map((replica) =>
    replica.outcome ? replica : { ...replica, outcome: 'stopped' as const, endedAt: endTime },
  );
  return { ...execution, status: 'Stopped', endTime, replicas };
}
