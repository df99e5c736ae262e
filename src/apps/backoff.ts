/** Seconds before each retry of a pull: two short ones, then doubling from 10 s, capped at five minutes. */
const PULL_DELAYS_SECONDS = [2, 5, 10, 20, 40, 80, 160, 300];
/** Seconds before each restart of a container that ended. */
const CRASH_DELAYS_SECONDS = [10, 20, 40, 80, 160, 300];
/** A container that ran this long starts over at the first delay. */
export const CRASH_RESET_MS = 10 * 60_000;

export type BackoffKind = 'pull' | 'crash';

/**
 * How long to wait after a failure, measured from that failure.
 *
 * @param failures how many have happened in a row, at least 1
 * @returns milliseconds
 */
export function backoffDelayMs(kind: BackoffKind, failures: number): number {
  const delays = kind === 'pull' ? PULL_DELAYS_SECONDS : CRASH_DELAYS_SECONDS;
  const index = Math.min(Math.max(failures, 1), delays.length) - 1;
  return (delays[index] ?? 300) * 1000;
}

/** Failures in a row and when the next try is due; immutable. */
export interface Backoff {
  readonly kind: BackoffKind;
  readonly failures: number;
  /** Milliseconds since the epoch; 0 when nothing has failed. */
  readonly dueAt: number;
}

export function newBackoff(kind: BackoffKind): Backoff {
  return { kind, failures: 0, dueAt: 0 };
}

/** @param now milliseconds since the epoch */
export function afterFailure(backoff: Backoff, now: number): Backoff {
  const failures = backoff.failures + 1;
  return { ...backoff, failures, dueAt: now + backoffDelayMs(backoff.kind, failures) };
}

/** The same for a container that had run for `ranMs`: a long run forgives the failures before it. */
export function afterExit(backoff: Backoff, now: number, ranMs: number): Backoff {
  return afterFailure(ranMs >= CRASH_RESET_MS ? newBackoff(backoff.kind) : backoff, now);
}
