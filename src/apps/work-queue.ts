import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';

export interface ReconcileResult {
  /** When to look again if nothing asks for it earlier. */
  requeueAfterMs?: number;
}

/**
 * Brings one thing from its observed to its desired state. It is told which thing, never what happened to
 * it, so that a lost or doubled event does no harm.
 */
export type Reconcile = (key: string, signal: AbortSignal) => Promise<ReconcileResult>;

export interface WorkQueueOptions {
  /** For logs, e.g. `'revision'`. */
  name: string;
  reconcile: Reconcile;
  clock: Clock;
  logger: Logger;
}

/** First wait after a reconcile that threw; doubles up to five minutes. */
const FIRST_ERROR_DELAY_MS = 1000;
const MAX_ERROR_DELAY_MS = 300_000;

interface Item {
  running: AbortController | undefined;
  dirty: boolean;
  timer: AbortController | undefined;
  errors: number;
}

/**
 * Keys waiting to be reconciled: a key that is already waiting is not added twice, and one key is never
 * reconciled twice at the same time.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #items = new Map<string, Item>();
  readonly #runs = new Set<Promise<void>>();
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** Reconciles the key as soon as it is free. */
  add(key: string): void {
    if (this.#closed) return;
    const item = this.#item(key);
    if (item.running) {
      item.dirty = true;
      return;
    }
    item.timer?.abort();
    item.timer = undefined;
    this.#start(key, item);
  }

  /** As `add`, and aborts the signal of the run in progress: what it does is no longer wanted. */
  interrupt(key: string): void {
    this.#items.get(key)?.running?.abort();
    this.add(key);
  }

  /** Aborts what runs, forgets what waits and resolves when the last run has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const item of this.#items.values()) {
      item.timer?.abort();
      item.running?.abort();
    }
    await Promise.all(this.#runs);
    this.#items.clear();
  }

  #item(key: string): Item {
    const known = this.#items.get(key);
    if (known) return known;
    const item: Item = { running: undefined, dirty: false, timer: undefined, errors: 0 };
    this.#items.set(key, item);
    return item;
  }

  #start(key: string, item: Item): void {
    const controller = new AbortController();
    item.running = controller;
    item.dirty = false;
    const run = this.#run(key, item, controller.signal).finally(() => this.#runs.delete(run));
    this.#runs.add(run);
  }

  async #run(key: string, item: Item, signal: AbortSignal): Promise<void> {
    let requeueAfterMs: number | undefined;
    try {
      ({ requeueAfterMs } = await this.#options.reconcile(key, signal));
      item.errors = 0;
    } catch (error) {
      if (!signal.aborted) requeueAfterMs = this.#afterError(key, item, error);
    }
    item.running = undefined;
    if (this.#closed) return;
    if (item.dirty || (signal.aborted && requeueAfterMs === undefined)) this.#start(key, item);
    else if (requeueAfterMs !== undefined) this.#wait(key, item, requeueAfterMs);
    else this.#items.delete(key);
  }

  #afterError(key: string, item: Item, error: unknown): number {
    const { logger, name } = this.#options;
    const delay = Math.min(FIRST_ERROR_DELAY_MS * 2 ** item.errors, MAX_ERROR_DELAY_MS);
    item.errors += 1;
    logger.error({ queue: name, key, error: messageOf(error), retryMs: delay }, 'reconcile failed');
    return delay;
  }

  #wait(key: string, item: Item, ms: number): void {
    const cancel = new AbortController();
    item.timer = cancel;
    this.#options.clock.sleep(ms, cancel.signal).then(
      () => {
        if (item.timer === cancel) this.add(key);
      },
      () => undefined, // cancelled: something asked for the key earlier
    );
  }
}
