import type { Clock } from '../base/clock.js';
import { ConditionWaits } from './condition-waits.js';
import type { Replica } from './replica/replica.js';
import { nextScale } from './scaling/scaler.js';
import type { Load, ScalerState } from './scaling/scaler.js';
import type { AppState } from './state.js';
import type { Scale } from './template.js';

/** What of a revision takes requests. */
export interface Serving extends Load {
  scale: Scale;
  replicas: ReadonlyMap<string, Replica>;
  scaler: ScalerState;
  /** Whose turn it was to take a request. */
  turn: number;
}

export interface RevisionRequestsOptions {
  /** By revision. */
  pods: ReadonlyMap<string, Serving>;
  state: AppState;
  clock: Clock;
  /** A request has come that the revision has not enough replicas for. */
  needsMore: (revisionKey: string) => void;
}

/** Which replica takes a request, and what the scaler is to know of it. */
export class RevisionRequests {
  readonly #options: RevisionRequestsOptions;
  readonly #waits: ConditionWaits;

  constructor(options: RevisionRequestsOptions) {
    this.#options = options;
    this.#waits = new ConditionWaits(options.clock);
  }

  /** Some revision has changed. */
  check(): void {
    this.#waits.check();
  }

  /**
   * Counts a request for the scaler from now until the returned function is called. A revision that has
   * been scaled to zero is woken by it.
   */
  begins(revisionKey: string): () => void {
    const pods = this.#options.pods.get(revisionKey);
    if (!pods) return () => undefined;
    pods.inFlight += 1;
    const now = this.#options.clock.now().getTime();
    if (now - pods.scaler.neededAt > 1000) pods.scaler = { ...pods.scaler, neededAt: now };
    if (needsMore(pods)) this.#options.needsMore(revisionKey);
    return () => {
      pods.inFlight -= 1;
    };
  }

  /** A replica that can take a request, the next one in turn; undefined when none is ready. */
  pick(revisionKey: string): Replica | undefined {
    const pods = this.#options.pods.get(revisionKey);
    if (!pods) return undefined;
    let first: Replica | undefined;
    let at = 0;
    for (const replica of pods.replicas.values()) {
      if (!replica.ready) continue;
      first ??= replica;
      if (at++ === pods.turn + 1) {
        pods.turn += 1;
        return replica;
      }
    }
    pods.turn = 0;
    return first;
  }

  /**
   * A replica as soon as one is ready.
   *
   * @returns undefined when the revision is in trouble, goes away, or takes longer than `timeoutMs`
   */
  async awaitReady(revisionKey: string, timeoutMs: number): Promise<Replica | undefined> {
    const decided = (): boolean =>
      this.pick(revisionKey) !== undefined || !this.#mayBecomeReady(revisionKey);
    await this.#waits.until(decided, timeoutMs);
    return this.pick(revisionKey);
  }

  #mayBecomeReady(revisionKey: string): boolean {
    const revision = this.#options.state.revision(revisionKey);
    if (!revision?.active) return false;
    const replicas = [...(this.#options.pods.get(revisionKey)?.replicas.values() ?? [])];
    return replicas.every(({ stopping, trouble }) => stopping || trouble === undefined);
  }
}

function needsMore(serving: Serving): boolean {
  return nextScale(serving.scale, serving.scaler, serving, 0).replicas > serving.scaler.replicas;
}
