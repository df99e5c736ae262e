import type { Clock } from '../base/clock.js';
import { newestReady } from './app-controller.js';
import { ConditionWaits } from './condition-waits.js';
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
  readonly #waits: ConditionWaits;

  constructor(options: OutcomesOptions) {
    this.#options = options;
    this.#waits = new ConditionWaits(options.clock);
  }

  /** Some status has changed. */
  check(): void {
    this.#waits.check();
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
  until(condition: () => boolean): Promise<void> {
    return this.#waits.until(condition, TIMEOUT_MS);
  }
}
