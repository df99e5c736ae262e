import type { Clock } from '../base/clock.js';
import { RemoteError, type RemoteErrorKind } from '../remote/registry-client.js';

/** What isn't there now may be pushed soon. */
const MISSING_MS = 30_000;
/** A machine that goes online again should notice. */
const UNREACHABLE_MS = 30_000;
/** For a registry that does not say when to come back. */
const RATE_LIMIT_MS = 60_000;
/** Longer than this nobody waits; the registry will say so again. */
const MAX_RATE_LIMIT_MS = 3600_000;
const MAX_HOLDS = 2_000;

const WHOLE_REGISTRY = new Set<RemoteErrorKind>(['unknown-host', 'unreachable', 'rate-limited']);
const ONE_IMAGE = new Set<RemoteErrorKind>([
  ...(['manifest-unknown', 'name-unknown', 'unauthorized', 'denied'] as const),
]);

interface Hold {
  error: RemoteError;
  /** Milliseconds since the epoch. */
  until: number;
}

/** Failures of public registries, remembered for a while: the same question would have the same answer. */
export class UpstreamHolds {
  readonly #holds = new Map<string, Hold>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param registry e.g. `'docker.io'`
   * @param reference canonical, e.g. `'docker.io/library/alpine:3'`
   * @returns the failure that asking now would only repeat
   */
  find(registry: string, reference: string): RemoteError | undefined {
    return this.#current(registry) ?? this.#current(reference);
  }

  note(registry: string, reference: string, error: RemoteError): void {
    const now = this.#clock.now().getTime();
    if (WHOLE_REGISTRY.has(error.kind)) this.#hold(registry, holdOf(error, now));
    else if (ONE_IMAGE.has(error.kind)) this.#hold(reference, { error, until: now + MISSING_MS });
  }

  /** Asked for by a person: the next question is sent again. */
  release(registry: string, reference: string): void {
    this.#holds.delete(registry);
    this.#holds.delete(reference);
  }

  #hold(key: string, hold: Hold): void {
    this.#holds.delete(key); // the oldest stand first
    this.#holds.set(key, hold);
    const [oldest] = this.#holds.keys();
    if (this.#holds.size > MAX_HOLDS && oldest !== undefined) this.#holds.delete(oldest);
  }

  #current(key: string): RemoteError | undefined {
    const hold = this.#holds.get(key);
    if (hold === undefined) return undefined;
    if (this.#clock.now().getTime() < hold.until) return hold.error;
    this.#holds.delete(key);
    return undefined;
  }
}

function holdOf(error: RemoteError, now: number): Hold {
  if (error.kind !== 'rate-limited') return { error, until: now + UNREACHABLE_MS };
  const asked = error.retryAfterMs ?? RATE_LIMIT_MS;
  const until = now + Math.min(asked, MAX_RATE_LIMIT_MS);
  const message = `${error.message} (not asked again before ${new Date(until).toISOString()})`;
  return {
    until,
    error: new RemoteError(error.kind, message, {
      cause: error,
      retryAfterMs: asked,
      ...(error.status !== undefined && { status: error.status }),
      ...(error.code !== undefined && { code: error.code }),
      ...(error.registryMessage !== undefined && { registryMessage: error.registryMessage }),
    }),
  };
}
