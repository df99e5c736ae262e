import type { Clock } from '../base/clock.js';

/** Those who wait for something to become true. Whoever changes what conditions look at calls `check`. */
export class ConditionWaits {
  readonly #clock: Clock;
  readonly #checks = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  check(): void {
    for (const check of this.#checks) check();
  }

  /** Resolves when the condition holds, or after `timeoutMs`. */
  async until(condition: () => boolean, timeoutMs: number): Promise<void> {
    if (condition()) return;
    const done = new AbortController();
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (condition()) resolve();
      };
      this.#checks.add(check);
      done.signal.addEventListener('abort', () => this.#checks.delete(check));
      this.#clock.sleep(timeoutMs, done.signal).then(resolve, resolve);
    });
    done.abort();
  }
}
