import type { MetadataStore, WriteOperation } from '../../storage/metadata-store.js';
import type { ExecutionDocument, JobDocument } from './job-documents.js';

const JOBS = 'apps-jobs';
const EXECUTIONS = 'apps-executions';
/** Ended executions that are kept for a job. */
const MAX_ENDED = 100;

/** Jobs and their executions, read from memory and written to the store first. */
export class JobState {
  readonly #store: MetadataStore;
  readonly #jobs = new Map<string, JobDocument>();
  readonly #executions = new Map<string, ExecutionDocument>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  async load(): Promise<void> {
    for (const { value } of await this.#store.list<JobDocument>(JOBS)) {
      this.#jobs.set(value.key, value);
    }
    for (const { value } of await this.#store.list<ExecutionDocument>(EXECUTIONS)) {
      this.#executions.set(value.key, value);
    }
  }

  job(key: string): JobDocument | undefined {
    return this.#jobs.get(key);
  }

  jobs(): JobDocument[] {
    return [...this.#jobs.values()];
  }

  execution(key: string): ExecutionDocument | undefined {
    return this.#executions.get(key);
  }

  /** Newest first, as the service lists them. */
  executions(jobKey: string): ExecutionDocument[] {
    return [...this.#executions.values()]
      .filter((execution) => execution.jobKey === jobKey)
      .sort((a, b) => (a.startTime < b.startTime ? 1 : -1));
  }

  putJob(job: JobDocument): Promise<void> {
    return this.#write(async () => {
      await this.#store.write([{ kind: 'put', collection: JOBS, key: job.key, value: job }]);
      this.#jobs.set(job.key, job);
    });
  }

  /** @returns once it is durable; the oldest executions that ended are forgotten */
  addExecution(execution: ExecutionDocument): Promise<void> {
    return this.#write(async () => {
      const ended = this.executions(execution.jobKey).filter(({ status }) => status !== 'Running');
      const forgotten = ended.slice(MAX_ENDED - 1).map(({ key }) => key);
      await this.#store.write([putOf(execution), ...forgotten.map(deletionOf)]);
      for (const key of forgotten) this.#executions.delete(key);
      this.#executions.set(execution.key, execution);
    });
  }

  /** @param change sees the newest state; undefined changes nothing */
  changeExecution(
    key: string,
    change: (execution: ExecutionDocument) => ExecutionDocument | undefined,
  ): Promise<void> {
    return this.#write(async () => {
      const before = this.#executions.get(key);
      const after = before && change(before);
      if (!after) return;
      await this.#store.write([putOf(after)]);
      this.#executions.set(key, after);
    });
  }

  /** The job and all its executions. */
  remove(jobKey: string): Promise<void> {
    return this.#write(async () => {
      const keys = this.executions(jobKey).map(({ key }) => key);
      const job: WriteOperation = { kind: 'delete', collection: JOBS, key: jobKey };
      await this.#store.write([job, ...keys.map(deletionOf)]);
      this.#jobs.delete(jobKey);
      for (const key of keys) this.#executions.delete(key);
    });
  }

  /** One after the other, each computed from the state the one before left. */
  async #write(write: () => Promise<void>): Promise<void> {
    const run = this.#tail.then(write);
    this.#tail = run.catch(() => undefined);
    await run;
  }
}

export function executionKeyOf(jobKey: string, name: string): string {
  return `${jobKey}/executions/${name.toLowerCase()}`;
}

function putOf(value: ExecutionDocument): WriteOperation {
  return { kind: 'put', collection: EXECUTIONS, key: value.key, value };
}

function deletionOf(key: string): WriteOperation {
  return { kind: 'delete', collection: EXECUTIONS, key };
}
