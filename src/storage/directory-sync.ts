import { close, closeSync, fsync, open, openSync } from 'node:fs';
import { promisify } from 'node:util';

const openFile = promisify(open);
const closeFile = promisify(close);
const syncFile = promisify(fsync);

interface Rounds {
  running: Promise<void>;
  next: Promise<void> | undefined;
}

/**
 * Makes renames into folders durable. Calls that come while a sync of the same folder runs share the
 * one that follows, so that many commits at once cost two syncs, not one each.
 */
export class DirectorySync {
  readonly #rounds = new Map<string, Rounds>();
  /** Kept open from the first sync on. */
  readonly #descriptors = new Map<string, number>();

  sync(directory: string): Promise<void> {
    const rounds = this.#rounds.get(directory);
    if (rounds === undefined) return this.#start(directory);
    // The running sync may have begun before our rename: only the next one surely covers it.
    rounds.next ??= rounds.running.then(
      () => this.#start(directory),
      () => this.#start(directory),
    );
    return rounds.next;
  }

  #start(directory: string): Promise<void> {
    const running = this.#syncOpen(directory).finally(() => {
      if (this.#rounds.get(directory)?.running === running) this.#rounds.delete(directory);
    });
    this.#rounds.set(directory, { running, next: undefined });
    return running;
  }

  async #syncOpen(directory: string): Promise<void> {
    let descriptor = this.#descriptors.get(directory);
    if (descriptor === undefined) {
      descriptor = openSync(directory, 'r');
      this.#descriptors.set(directory, descriptor);
    }
    await syncFile(descriptor);
  }

  /** Call when no sync is running. */
  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
  }
}

export async function syncDirectory(directory: string): Promise<void> {
  const descriptor = await openFile(directory, 'r');
  try {
    await syncFile(descriptor);
  } finally {
    await closeFile(descriptor);
  }
}
