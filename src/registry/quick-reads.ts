/** Copying half a block from the page cache takes a tenth of this: what takes longer waited for the disk. */
const SLOW_MS = 2;
/** How long the others do not wait for the disk then: at first, and when it goes on like that. */
const SHORTEST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Whether short reads may be done at once, on the thread that serves everybody. That costs much less than
 * handing them to another thread as long as the page cache has what is read; the disk would hold everybody up.
 * So after a read that waited for the disk the others go to threads for a while: twice as long each time, and
 * half as long after each that was quick, since a busy machine makes a read slow now and then.
 */
export class QuickReads {
  readonly #now: () => number;
  #pause = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get areExpected(): boolean {
    return this.#now() >= this.#pausedUntil;
  }

  /** Runs a read, and learns from how long it takes. */
  measure<T>(read: () => T): T {
    const started = this.#now();
    const result = read();
    const ended = this.#now();
    if (ended - started <= SLOW_MS) this.#pause /= 2;
    else {
      this.#pause = Math.min(Math.max(this.#pause * 2, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
      this.#pausedUntil = ended + this.#pause;
    }
    return result;
  }
}
