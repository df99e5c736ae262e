import type { Readable } from 'node:stream';
import { BLOCK_BYTES, blocks } from './block-pool.js';
import { DIRECT_ALIGNMENT, type DirectFile } from './direct-file.js';
import type { StreamHash } from './stream-hash.js';

/** A block that is not full by then is written as it is: a slow sender must not keep it from others. */
const HOLD_MS = 2_000;
/** Blocks become smaller by so much while the sender doesn't fill them in time, and larger again when it does. */
const STEP_BITS = 4;
const LEAST_BLOCK_BYTES = 4096;

/** Blocks on their way to the disk before the sender has to wait. */
const MAX_OUTSTANDING = 2;

interface Target {
  file: Pick<DirectFile, 'write'>;
  /** Where the first byte goes. */
  position: number;
  hash: StreamHash;
}

export interface Written {
  bytes: number;
  /** What the source failed with, or why it was stopped; everything before is written and hashed. */
  sourceError?: unknown;
}

/**
 * Writes a stream to a file in large blocks, hashing on the way.
 * Chunks of some 64 KiB are gathered, so that a gigabyte costs a thousand writes, not sixteen thousand.
 * Senders that take long to fill a block get smaller ones: a thousand of them hold a few megabytes in all.
 *
 * @throws the error of the file system; then nothing of this stream counts, and the hash is void
 */
export function writeBlocks(
  source: Readable,
  target: Target,
  stopping?: AbortSignal,
): Promise<Written> {
  return new BlockWriter(source, target, stopping).run();
}

class BlockWriter {
  readonly #source: Readable;
  readonly #target: Target;
  readonly #stopping: AbortSignal | undefined;
  #block: Buffer | undefined;
  /** What the next block takes. */
  #blockBytes = BLOCK_BYTES;
  /** How much of it may be filled. */
  #room = 0;
  #filled = 0;
  #hold: NodeJS.Timeout | undefined;
  #submitted = 0;
  #outstanding = 0;
  #ended = false;
  #sourceError: unknown;
  #writeError: unknown;
  #settle: { resolve(written: Written): void; reject(error: unknown): void } | undefined;

  constructor(source: Readable, target: Target, stopping: AbortSignal | undefined) {
    this.#source = source;
    this.#target = target;
    this.#stopping = stopping;
  }

  run(): Promise<Written> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#source.on('data', this.#onData);
      this.#source.once('end', this.#onEnd);
      this.#source.once('error', this.#onSourceError);
      this.#source.once('close', this.#onClose);
      if (this.#source.destroyed) this.#onClose();
      this.#stopping?.addEventListener('abort', this.#onStop, { once: true });
      if (this.#stopping?.aborted) this.#onStop();
    });
  }

  readonly #onData = (chunk: Buffer): void => {
    let taken = 0;
    while (taken < chunk.length) {
      this.#block ??= this.#take();
      const end = Math.min(chunk.length, taken + this.#room - this.#filled);
      const copied = chunk.copy(this.#block, this.#filled, taken, end);
      taken += copied;
      this.#filled += copied;
      if (this.#filled < this.#room) continue;
      this.#blockBytes = Math.min(this.#blockBytes << STEP_BITS, BLOCK_BYTES);
      this.#submit();
    }
    if (this.#outstanding >= MAX_OUTSTANDING) this.#source.pause();
  };

  #take(): Buffer {
    this.#hold = setTimeout(this.#onHeld, HOLD_MS);
    const isLarge = this.#blockBytes === BLOCK_BYTES;
    const block = isLarge ? blocks.take() : Buffer.allocUnsafeSlow(this.#blockBytes);
    // After an odd beginning the next block begins where a write past the page cache may.
    const odd = (this.#target.position + this.#submitted) % DIRECT_ALIGNMENT;
    this.#room = block.length - odd;
    return block;
  }

  readonly #onHeld = (): void => {
    if (this.#outstanding >= MAX_OUTSTANDING) {
      this.#hold = setTimeout(this.#onHeld, HOLD_MS); // the disk is slow, not the sender
      return;
    }
    this.#blockBytes = Math.max(this.#blockBytes >> STEP_BITS, LEAST_BLOCK_BYTES);
    this.#submit();
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

  readonly #onStop = (): void => {
    this.#sourceError ??= this.#stopping?.reason;
    this.#finish();
  };

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#source.off('data', this.#onData);
    this.#stopping?.removeEventListener('abort', this.#onStop);
    this.#submit();
    this.#settleWhenDone();
  }

  #submit(): void {
    const block = this.#block;
    const length = this.#filled;
    this.#block = undefined;
    this.#filled = 0;
    clearTimeout(this.#hold);
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
