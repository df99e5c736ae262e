import { close, fdatasync, open } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { syncDirectory } from './directory-sync.js';

const openFile = promisify(open);
const closeFile = promisify(close);
const syncData = promisify(fdatasync);

/** A log that the database engine writes, and that is made durable here, off the event loop. */
export class LogFile {
  readonly #path: string;
  #descriptor: number | undefined;

  /** @param path e.g. `'/home/me/.lazurite/registry/metadata.db-wal'`; need not be there yet */
  constructor(path: string) {
    this.#path = path;
  }

  /** Everything that is in the log now survives power loss once this resolves. One call at a time. */
  async sync(): Promise<void> {
    this.#descriptor ??= await this.#open();
    await syncData(this.#descriptor);
  }

  async close(): Promise<void> {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) await closeFile(descriptor);
  }

  /** The engine keeps one log for as long as it is open; its name in the folder must last, too. */
  async #open(): Promise<number> {
    await syncDirectory(dirname(this.#path));
    return openFile(this.#path, 'r');
  }
}
