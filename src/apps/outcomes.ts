import type { Clock } from '../base/clock.js';
import { newestReady } from './app-controller.js';
import type { Replica } from './replica/replica.js';
import type { AppState } from './state.js';

/** How long a write waits for its revision before it is called done anyway. */
const TIMEOUT_MS = 30_000;

export interface OutcomesOptions {
  state: AppState;
  clock: Clock;
  /** Of a revision. */
  replicas: (revisionKey: string) => readonly Replica[];
}

/** Waits for what becomes of writes. */
export class Outcomes {
  readonly #options: OutcomesOptions;
  readonly #waiting = new Set<() => void>();

  constructor(options: OutcomesOptions) {
    this.#options = options;
  }

  /** Some status has changed. */
  check(): void {
    for (const check of this.#waiting) check();
  }

  /** Resolves when a new revision has taken over, is in trouble or no longer wanted, or after a while. */
  async of(revisionKey: string): Promise<void> {
    const decided = (): boolean => {
      const revision = this.#options.state.revision(revisionKey);
      return (
        !revision?.active ||
        (revision.readyAt !== undefined && this.#isTakenUp(revision.appKey)) ||
        this.#options.replicas(revisionKey).some((replica) => replica.trouble !== undefined)
      );
    };
    await this.until(decided);
  }

  /** Whether the app has moved to its newest revision that is ready, so that who looks sees what they waited for. */
  #isTakenUp(appKey: string): boolean {
    const ready = newestReady(this.#options.state.revisions(appKey));
    return this.#options.state.app(appKey)?.latestReadyRevisionName === ready?.name;
  }

  /** Resolves when the condition holds after some status changed, or after a while. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    const done = new AbortController();
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (condition()) resolve();
      };
      this.#waiting.add(check);
      done.signal.addEventListener('abort', () => this.#waiting.delete(check));
      this.#options.clock.sleep(TIMEOUT_MS, done.signal).then(resolve, resolve);
    });
    done.abort();
  }
}
