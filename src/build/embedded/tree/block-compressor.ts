import { availableParallelism } from 'node:os';
import { Transform, type TransformCallback } from 'node:stream';

/** Makes one self-contained piece of a compressed stream. */
export type CompressBlock = (block: Buffer, isLast: boolean) => Promise<Buffer>;

export interface BlockFormat {
  /** Comes first in the stream. */
  header: Buffer;
  compress: CompressBlock;
  /** Comes last, e.g. the checksum of what went in. */
  trailer(): Buffer;
}

/** Blocks have a fixed size, so that the same bytes always compress to the same bytes. */
const BLOCK_BYTES = 1024 * 1024;

/** Compresses block by block, several at a time, in order. Holds a few blocks in memory, never more. */
export class BlockCompressor extends Transform {
  readonly #format: BlockFormat;
  readonly #running: Promise<Buffer>[] = [];
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(format: BlockFormat) {
    super();
    this.#format = format;
    this.push(format.header);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#take(chunk).then(() => {
      done();
    }, done);
  }

  override _flush(done: TransformCallback): void {
    this.#finish().then(() => {
      done();
    }, done);
  }

  async #take(chunk: Buffer): Promise<void> {
    let rest = chunk;
    while (this.#length + rest.length > BLOCK_BYTES) {
      const part = rest.subarray(0, BLOCK_BYTES - this.#length);
      rest = rest.subarray(part.length);
      this.#pieces.push(part);
      await this.#start(false);
    }
    this.#pieces.push(rest);
    this.#length += rest.length;
  }

  async #start(isLast: boolean): Promise<void> {
    const block = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    const running = this.#format.compress(block, isLast);
    running.catch(() => undefined); // told when its turn comes
    this.#running.push(running);
    while (this.#running.length > availableParallelism()) await this.#emitNext();
  }

  async #emitNext(): Promise<void> {
    this.push(await this.#running.shift());
  }

  async #finish(): Promise<void> {
    await this.#start(true);
    while (this.#running.length > 0) await this.#emitNext();
    this.push(this.#format.trailer());
  }
}
