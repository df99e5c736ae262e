/**
 * Commands that run right now, by the key of their outcome. Two platforms of a build often share stages;
 * the second one waits for the first and finds the outcome in the cache.
 */
export class RunningCommands {
  readonly #running = new Map<string, Promise<void>>();

  /** @returns whether somebody else ran it meanwhile; then the cache is worth another look */
  async settled(key: string): Promise<boolean> {
    const running = this.#running.get(key);
    await running;
    return running !== undefined;
  }

  async run<T>(key: string, act: () => Promise<T>): Promise<T> {
    const acting = act();
    const ended = acting.then(
      () => undefined,
      () => undefined,
    );
    this.#running.set(key, ended);
    try {
      return await acting;
    } finally {
      if (this.#running.get(key) === ended) this.#running.delete(key);
    }
  }
}
