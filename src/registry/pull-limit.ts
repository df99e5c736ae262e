import type { Clock } from '../base/clock.js';
import { refuse } from './errors.js';

/** How many manifests one address may get without credentials. */
export interface PullLimit {
  pulls: number;
  /** Length of the window that they are counted in. */
  seconds: number;
}

/** As Docker Hub words it. @see https://docs.docker.com/docker-hub/usage/pulls/ */
const MESSAGE =
  'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit';
const MAX_ADDRESSES = 10_000;

/** Reads `PULLS/SECONDS`, e.g. `'100/21600'`; undefined for anything else. */
export function parsePullLimit(text: string): PullLimit | undefined {
  const [, pulls, seconds] = /^([1-9]\d{0,8})\/([1-9]\d{0,8})$/.exec(text) ?? [];
  return pulls === undefined ? undefined : { pulls: Number(pulls), seconds: Number(seconds) };
}

interface Window {
  pulls: number;
  /** Milliseconds since the epoch. */
  end: number;
}

/** Counts pulls by address, each in windows that begin with its first pull. */
export class PullLimiter {
  readonly limit: PullLimit;
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(limit: PullLimit, clock: Clock) {
    this.limit = limit;
    this.#clock = clock;
  }

  /**
   * Counts one pull.
   *
   * @returns headers that tell where the address stands
   * @throws RegistryError TOOMANYREQUESTS with `Retry-After`
   */
  count(address: string): Record<string, string> {
    const now = this.#clock.now().getTime();
    const { pulls, seconds } = this.limit;
    const window = this.#window(address, now);
    if (window.pulls >= pulls) throw refuse.tooManyRequests(MESSAGE, window.end - now);
    window.pulls += 1;
    return {
      'RateLimit-Limit': `${pulls};w=${seconds}`,
      'RateLimit-Remaining': `${pulls - window.pulls};w=${seconds}`,
      'Docker-RateLimit-Source': address,
    };
  }

  #window(address: string, now: number): Window {
    const known = this.#windows.get(address);
    if (known && known.end > now) return known;
    if (this.#windows.size >= MAX_ADDRESSES) this.#forget(now);
    const window = { pulls: 0, end: now + this.limit.seconds * 1000 };
    this.#windows.set(address, window);
    return window;
  }

  /** What is over; when nothing is, the one that is longest known. */
  #forget(now: number): void {
    for (const [address, { end }] of this.#windows) {
      if (end <= now) this.#windows.delete(address);
    }
    const [oldest] = this.#windows.keys();
    if (this.#windows.size >= MAX_ADDRESSES && oldest !== undefined) this.#windows.delete(oldest);
  }
}
