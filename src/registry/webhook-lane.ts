/** Events that one webhook is sent at a time: a deleted repository has thousands. */
const AT_ONCE = 8;

/** The way to one webhook. Events take turns to be sent; those that wait to be sent again hold up no other. */
export class WebhookLane {
  readonly #stopping = new AbortController();
  readonly #turns: (() => void)[] = [];
  #sending = 0;
  /** Events that are neither delivered nor given up. */
  waiting = 0;
  /** Whether the webhook is gone, and its events with it. */
  isClosed = false;

  /** Aborted when nothing may be sent any more. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  async inTurn<T>(send: () => Promise<T>): Promise<T> {
    if (this.#sending >= AT_ONCE) await new Promise<void>((resolve) => this.#turns.push(resolve));
    else this.#sending++;
    try {
      return await send();
    } finally {
      const next = this.#turns.shift();
      if (next) next();
      else this.#sending--;
    }
  }

  /** Sends no more; what waits stays on disk. */
  stop(): void {
    this.#stopping.abort();
  }

  /** The webhook is gone. */
  close(): void {
    this.isClosed = true;
    this.stop();
  }
}
