import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import type { BlobReader } from './blob-store.js';
import { DIRECT_ALIGNMENT, isUnsupportedDirectly } from './direct-file.js';

/** Past the page cache nobody reads ahead for us. */
const DIRECT_READS_AT_ONCE = 3;

/**
 * A file to read from. One that lies on the disk only can be read past the page cache, as it was written
 * (Linux, O_DIRECT): filling the cache first costs several times what the transfer does.
 */
export class FileReader implements BlobReader {
  readonly size: number;
  readonly #path: string;
  readonly #descriptor: number;
  #direct: number | undefined;
  #readsDirectly: boolean;

  /** @throws the error of the file system, e.g. `ENOENT` */
  constructor(path: string, options: { pastCache: boolean }) {
    this.#path = path;
    this.#descriptor = openSync(path, constants.O_RDONLY);
    this.size = fstatSync(this.#descriptor).size;
    this.#readsDirectly = options.pastCache && 'O_DIRECT' in constants;
  }

  get readsAtOnce(): number {
    return this.#readsDirectly ? DIRECT_READS_AT_ONCE : 1;
  }

  async read(target: Buffer, length: number, position: number): Promise<number> {
    const direct = this.#readsDirectly
      ? await this.#readDirect(target, length, position)
      : undefined;
    return direct ?? readOnce(this.#descriptor, target, length, position);
  }

  readNow(target: Buffer, length: number, position: number): number {
    return readSync(this.#descriptor, target, 0, length, position);
  }

  close(): void {
    closeSync(this.#descriptor);
    if (this.#direct !== undefined) closeSync(this.#direct);
  }

  /** Whole pages from the start of one; the last may reach beyond the end of the file. */
  async #readDirect(target: Buffer, length: number, position: number): Promise<number | undefined> {
    const whole = Math.ceil(length / DIRECT_ALIGNMENT) * DIRECT_ALIGNMENT;
    if (position % DIRECT_ALIGNMENT !== 0 || whole > target.length) return undefined;
    try {
      this.#direct ??= openSync(this.#path, constants.O_RDONLY | constants.O_DIRECT);
      return Math.min(length, await readOnce(this.#direct, target, whole, position));
    } catch (error) {
      if (!isUnsupportedDirectly(error)) throw error;
      this.#readsDirectly = false;
      return undefined;
    }
  }
}

function readOnce(
  descriptor: number,
  target: Buffer,
  length: number,
  position: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, target, 0, length, position, (error, bytesRead) => {
      if (error) reject(error);
      else resolve(bytesRead);
    });
  });
}
