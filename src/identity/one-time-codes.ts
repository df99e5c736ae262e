import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.js';

/** More than anyone waits for at once; the oldest go first. */
const MAX_OUTSTANDING = 1_000;

/** Values that are handed out under a code nobody can guess, for a while. */
export class OneTimeCodes<T> {
  readonly #entries = new Map<string, { value: T; expires: number }>();
  readonly #clock: Clock;
  readonly #lifetimeSeconds: number;
  readonly #makeCode: () => string;

  constructor(
    clock: Clock,
    lifetimeSeconds: number,
    makeCode: () => string = () => randomBytes(32).toString('base64url'),
  ) {
    this.#clock = clock;
    this.#lifetimeSeconds = lifetimeSeconds;
    this.#makeCode = makeCode;
  }

  issue(value: T): string {
    const now = this.#clock.now().getTime();
    for (const [code, { expires }] of this.#entries) {
      if (expires > now && this.#entries.size < MAX_OUTSTANDING) break;
      this.#entries.delete(code);
    }
    const code = this.#makeCode();
    this.#entries.set(code, { value, expires: now + this.#lifetimeSeconds * 1000 });
    return code;
  }

  peek(code: string): T | undefined {
    const entry = this.#entries.get(code);
    return entry && entry.expires > this.#clock.now().getTime() ? entry.value : undefined;
  }

  /** The value, once: the code is good for nothing afterwards. */
  take(code: string): T | undefined {
    const value = this.peek(code);
    this.#entries.delete(code);
    return value;
  }
}
