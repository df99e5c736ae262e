import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../../base/failure.js';

/** A blob as a HEAD describes it. */
export interface BlobProperties {
  size: number;
  lastModified: Date;
  etag: string;
}

/** An upload grew beyond what is allowed. */
export class BlobTooLargeError extends Error {
  constructor(limit: number) {
    super(`the blob is larger than ${limit} bytes`);
    this.name = 'BlobTooLargeError';
  }
}

/** A block list names a block that was never sent. */
export class UnknownBlockError extends Error {
  constructor() {
    super('the block list names a block that was not uploaded');
    this.name = 'UnknownBlockError';
  }
}

/** Blobs as files below one directory. Names are slash-separated and have been checked by the caller. */
export class BlobFiles {
  readonly #directory: string;
  readonly #maxBytes: number;

  constructor(directory: string, maxBytes: number) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  /** Where the blob's bytes are. */
  file(name: string): string {
    return path.join(this.#directory, 'blobs', name);
  }

  async properties(name: string): Promise<BlobProperties | undefined> {
    try {
      const stats = await stat(this.file(name));
      if (!stats.isFile()) return undefined;
      const etag = `"0x${stats.mtimeMs.toString(16).replace('.', '')}${stats.size.toString(16)}"`;
      return { size: stats.size, lastModified: stats.mtime, etag };
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw error;
    }
  }

  /** @param range inclusive */
  read(name: string, range?: { first: number; last: number }): Readable {
    return createReadStream(this.file(name), range ? { start: range.first, end: range.last } : {});
  }

  /** Appears whole or not at all. @throws BlobTooLargeError */
  async write(name: string, content: Readable): Promise<void> {
    const temporary = await this.#receive(content, this.#maxBytes);
    await this.#publish(temporary, name);
  }

  async writeBlock(name: string, blockId: string, content: Readable): Promise<void> {
    const directory = this.#blockDirectory(name);
    await mkdir(directory, { recursive: true });
    const used = await directorySize(directory);
    const temporary = await this.#receive(content, this.#maxBytes - used);
    await rename(temporary, path.join(directory, hash(blockId)));
  }

  /** @throws UnknownBlockError */
  async commitBlocks(name: string, blockIds: readonly string[]): Promise<void> {
    const directory = this.#blockDirectory(name);
    const files = blockIds.map((id) => path.join(directory, hash(id)));
    const known = new Set(await readdir(directory).catch(() => []));
    if (blockIds.some((id) => !known.has(hash(id)))) throw new UnknownBlockError();
    const temporary = await this.#receive(concatenated(files), this.#maxBytes);
    await this.#publish(temporary, name);
    await rm(directory, { recursive: true, force: true });
  }

  async remove(name: string): Promise<void> {
    await rm(this.file(name), { recursive: true, force: true });
  }

  #blockDirectory(name: string): string {
    return path.join(this.#directory, 'blocks', hash(name));
  }

  async #receive(content: AsyncIterable<unknown> | Readable, limit: number): Promise<string> {
    const temporary = path.join(this.#directory, 'incoming', randomUUID());
    await mkdir(path.dirname(temporary), { recursive: true });
    try {
      await pipeline(content, limited(limit), createWriteStream(temporary, { mode: 0o600 }));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return temporary;
  }

  async #publish(temporary: string, name: string): Promise<void> {
    await mkdir(path.dirname(this.file(name)), { recursive: true });
    await rename(temporary, this.file(name));
  }
}

async function* concatenated(files: readonly string[]): AsyncGenerator {
  for (const file of files) yield* createReadStream(file);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function limited(limit: number): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > limit) done(new BlobTooLargeError(limit));
      else done(null, chunk);
    },
  });
}

async function directorySize(directory: string): Promise<number> {
  const names = await readdir(directory);
  const sizes = await Promise.all(names.map((name) => stat(path.join(directory, name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
