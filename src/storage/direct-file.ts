import { closeSync, constants, openSync, write } from 'node:fs';
import { codeOf } from '../base/failure.js';

/** What every disk in use takes: positions, lengths and addresses in memory are multiples of it. */
export const DIRECT_ALIGNMENT = 4096;

const UNSUPPORTED: ReadonlySet<string | undefined> = new Set(['EINVAL', 'EOPNOTSUPP', 'ENOTSUP']);

/** Whether the file system, or where the memory lies, does not allow it; the page cache always does. */
export function isUnsupportedDirectly(error: unknown): boolean {
  return UNSUPPORTED.has(codeOf(error));
}

/**
 * A file to write to. Whole aligned blocks go past the page cache where the system can do that (Linux,
 * O_DIRECT): they must be on disk before anyone is told anyway, and copying them into the cache first
 * costs more processor time than receiving and hashing them. The first download reads them likewise
 * ({@link FileReader}).
 *
 * @see docs/adr/0004-past-the-page-cache.md
 */
export class DirectFile {
  readonly #path: string;
  readonly #descriptor: number;
  #direct: number | undefined;
  #isSupported = 'O_DIRECT' in constants;

  /** @param descriptor of the same file, kept by the caller; takes what is not aligned */
  constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /** Writes all of it. */
  async write(bytes: Buffer, position: number): Promise<void> {
    const isAligned = bytes.length % DIRECT_ALIGNMENT === 0 && position % DIRECT_ALIGNMENT === 0;
    if (isAligned && this.#isSupported && (await this.#writeDirect(bytes, position))) return;
    await writeFully(this.#descriptor, bytes, position);
  }

  /** Not before every write has ended. */
  close(): void {
    if (this.#direct !== undefined) closeSync(this.#direct);
    this.#direct = undefined;
  }

  async #writeDirect(bytes: Buffer, position: number): Promise<boolean> {
    try {
      this.#direct ??= openSync(this.#path, constants.O_WRONLY | constants.O_DIRECT);
      await writeFully(this.#direct, bytes, position);
      return true;
    } catch (error) {
      if (!isUnsupportedDirectly(error)) throw error;
      this.#isSupported = false; // stays open: other blocks may be on their way through it
      return false;
    }
  }
}

function writeFully(descriptor: number, bytes: Buffer, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const step = (done: number): void => {
      write(descriptor, bytes, done, bytes.length - done, position + done, (error, written) => {
        if (error) reject(error);
        else if (done + written < bytes.length) step(done + written);
        else resolve();
      });
    };
    step(0);
  });
}
