import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import { parseCron } from '../../tasks/triggers/cron-schedule.js';
import type { ReconcileResult } from '../work-queue.js';
import { WorkQueue } from '../work-queue.js';
import type { JobDocument } from './job-documents.js';

export interface JobScheduleOptions {
  clock: Clock;
  logger: Logger;
  jobs: { job(key: string): JobDocument | undefined };
  start: (job: JobDocument) => Promise<void>;
}

/** A timer of Node takes no longer wait than 24 days. */
const MAX_WAIT_MS = 24 * 3_600_000;

/** Starts executions of jobs when their time has come. Times that passed while nobody looked are let go. */
export class JobSchedule {
  readonly queue: WorkQueue;
  readonly #options: JobScheduleOptions;
  /** When each job is to be started next, and by which expression that was found. */
  readonly #due = new Map<string, { at: number; expression: string }>();

  constructor(options: JobScheduleOptions) {
    this.#options = options;
    const { clock, logger } = options;
    this.queue = new WorkQueue({
      name: 'job schedule',
      clock,
      logger,
      reconcile: (key) => this.#reconcile(key),
    });
  }

  async #reconcile(key: string): Promise<ReconcileResult> {
    const { clock, jobs, start } = this.#options;
    const job = jobs.job(key);
    const expression = job?.configuration.trigger.cronExpression;
    const schedule = expression === undefined ? undefined : parseCron(expression);
    if (!job || expression === undefined || !schedule) {
      this.#due.delete(key);
      return {};
    }
    const now = clock.now();
    const planned = this.#due.get(key);
    if (planned?.expression === expression && planned.at <= now.getTime()) {
      this.#due.delete(key);
      await start(job);
    }
    const next = this.#due.get(key);
    const at =
      next?.expression === expression ? next.at : (schedule.next(now)?.getTime() ?? Infinity);
    this.#due.set(key, { at, expression });
    return { requeueAfterMs: Math.max(1, Math.min(at - now.getTime(), MAX_WAIT_MS)) };
  }
}
