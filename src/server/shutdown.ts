import { messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';

type Close = () => Promise<void> | void;

/** What has been opened, closed again in the reverse order: at the end, or when a later part fails to open. */
export class Shutdown {
  readonly #closers: { name: string; close: Close }[] = [];
  readonly #logger: Logger;
  #done: Promise<void> | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(name: string, close: Close): void {
    this.#closers.push({ name, close });
  }

  /** Closes everything, even when a part fails; the failures are logged. Safe to call twice. */
  run(): Promise<void> {
    this.#done ??= this.#closeAll();
    return this.#done;
  }

  async #closeAll(): Promise<void> {
    for (const { name, close } of this.#closers.reverse()) {
      try {
        await close();
      } catch (error) {
        this.#logger.error({ part: name, error: messageOf(error) }, 'part did not close');
      }
    }
  }
}
