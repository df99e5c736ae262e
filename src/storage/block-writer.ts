import type { Readable } from 'node:stream';
import { blocks } from './block-pool.js';
import type { DirectFile } from './direct-file.js';
import type { StreamHash } from './stream-hash.js';

/** Blocks on their way to the disk before the sender has to wait. */
const MAX_OUTSTANDING = 2;

interface Target {
  file: DirectFile;
  /** Where the first byte goes. */
  position: number;
  hash: StreamHash;
}

export interface Written {
  bytes: number;
  /** What the source failed with; everything before is written and hashed. */
  sourceError?: unknown;
}

/**
 * Writes a stream to a file in large blocks, hashing on the way.
 * Chunks of some 64 KiB are gathered, so that a gigabyte costs a thousand writes, not sixteen thousand.
 *
 * @throws the error of the file system; then nothing of this stream counts, and the hash is void
 */
export function writeBlocks(source: Readable, target: Target): Promise<Written> {
  return new BlockWriter(source, target).run();
}

class BlockWriter {
  readonly #source: Readable;
  readonly #target: Target;
  #block: Buffer | undefined;
  #filled = 0;
  #submitted = 0;
  #outstanding = 0;
  #ended = false;
  #sourceError: unknown;
  #writeError: unknown;
  #settle: { resolve(written: Written): void; reject(error: unknown): void } | undefined;

  constructor(source: Readable, target: Target) {
    this.#source = source;
    this.#target = target;
  }

  run(): Promise<Written> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#source.on('data', this.#onData);
      this.#source.once('end', this.#onEnd);
      this.#source.once('error', this.#onSourceError);
      this.#source.once('close', this.#onClose);
      if (this.#source.destroyed) this.#onClose();
    });
  }

  readonly #onData = (chunk: Buffer): void => {
    let taken = 0;
    while (taken < chunk.length) {
      this.#block ??= blocks.take();
      const copied = chunk.copy(this.#block, this.#filled, taken);
      taken += copied;
      this.#filled += copied;
      if (this.#filled === this.#block.length) this.#submit();
    }
    if (this.#outstanding >= MAX_OUTSTANDING) this.#source.pause();
  };

  readonly #onEnd = (): void => {
    this.#finish();
  };

  readonly #onSourceError = (error: unknown): void => {
    this.#sourceError = error;
    this.#finish();
  };

  readonly #onClose = (): void => {
    if (this.#ended) return;
    this.#sourceError ??= new Error('the sender went away before the end');
    this.#finish();
  };

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#source.off('data', this.#onData);
    this.#submit();
    this.#settleWhenDone();
  }

  #submit(): void {
    const block = this.#block;
    const length = this.#filled;
    this.#block = undefined;
    this.#filled = 0;
    if (block === undefined) return;
    const bytes = block.subarray(0, length);
    const position = this.#target.position + this.#submitted;
    this.#submitted += length;
    this.#outstanding++;
    const hashed = this.#target.hash.update(bytes);
    void Promise.all([hashed, this.#target.file.write(bytes, position)])
      .catch((error: unknown) => {
        this.#writeError ??= error;
      })
      .finally(() => {
        blocks.give(block);
        this.#outstanding--;
        if (this.#writeError !== undefined) this.#finish();
        else this.#source.resume();
        this.#settleWhenDone();
      });
  }

  #settleWhenDone(): void {
    if (!this.#ended || this.#outstanding > 0) return;
    this.#source.off('end', this.#onEnd).off('close', this.#onClose);
    const settle = this.#settle;
    this.#settle = undefined;
    if (this.#writeError !== undefined) settle?.reject(this.#writeError);
    else if (this.#sourceError === undefined) settle?.resolve({ bytes: this.#submitted });
    else settle?.resolve({ bytes: this.#submitted, sourceError: this.#sourceError });
  }
}
