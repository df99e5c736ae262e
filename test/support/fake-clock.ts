import type { Clock } from '../../src/base/clock.js';

interface Timer {
  dueAt: number;
  fire: () => void;
}

/** How long nothing but files and sockets may be at work; real time, also on a busy machine. */
const IDLE_MS = 10_000;

/** Time that passes only when a test says so. */
export class FakeClock implements Clock {
  #now: number;
  #timers: Timer[] = [];

  constructor(start = '2026-06-20T13:34:59.200Z') {
    this.#now = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#now);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#timers = this.#timers.filter((one) => one !== timer);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      const timer: Timer = {
        dueAt: this.#now + Math.max(0, ms),
        fire: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      if (signal?.aborted) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      this.#timers.push(timer);
    });
  }

  /** Lets time pass, timer by timer, and everything that follows from each settle. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(); next && next.dueAt <= end; next = this.#next()) {
      await this.#fire(next);
    }
    this.#now = end;
    await settle();
  }

  /**
   * Lets time pass until the condition holds.
   *
   * @throws Error when it still does not after `limitMs` of this clock
   */
  async until(condition: () => boolean, limitMs = 3_600_000): Promise<void> {
    const end = this.#now + limitMs;
    for (let idleSince = performance.now(); performance.now() - idleSince < IDLE_MS;) {
      await settle();
      if (condition()) return;
      const next = this.#next();
      if (!next) continue; // files and sockets do not follow this clock
      idleSince = performance.now();
      if (next.dueAt > end) break;
      await this.#fire(next);
    }
    throw new Error('the condition did not come true in time');
  }

  #next(): Timer | undefined {
    return this.#timers.toSorted((a, b) => a.dueAt - b.dueAt)[0];
  }

  async #fire(timer: Timer): Promise<void> {
    this.#timers = this.#timers.filter((one) => one !== timer);
    this.#now = Math.max(this.#now, timer.dueAt);
    timer.fire();
    await settle();
  }
}

/** Lets promises and finished I/O run their course. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 15; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
