import { closeSync, constants, fdatasync, ftruncate, openSync, read } from 'node:fs';
import { rename, unlink } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { codeOf } from '../base/failure.js';
import { digestAlgorithm, digestHex, type Digest } from '../oci/digest.js';
import type { BlobUpload, HashAlgorithm } from './blob-store.js';
import { blocks } from './block-pool.js';
import { writeBlocks } from './block-writer.js';
import { DirectFile } from './direct-file.js';
import { DigestMismatchError, storageError, UploadBusyError } from './storage-error.js';
import { createUploadHash } from './hash-threads.js';
import type { StreamHash } from './stream-hash.js';

const syncData = promisify(fdatasync);
const truncateFile = promisify(ftruncate);
const readFile = promisify(read);

export interface FileUploadOptions {
  id: string;
  path: string;
  /** Bytes that are in the file already. */
  size: number;
  algorithm: HashAlgorithm;
  /** Opened for writing; opened again on demand when left out. */
  descriptor?: number;
  /** Where a blob goes. */
  blobPath(digest: Digest): string;
  /** Makes the rename of a blob durable. */
  syncBlobs(digest: Digest): Promise<void>;
  /** Called once the content has its name. */
  onStored(digest: Digest, size: number): void;
  /** Called once the upload is committed or cancelled. */
  onGone(): void;
}

/** An upload in one file. What the file holds counts; there is no other state that could disagree. */
export class FileUpload implements BlobUpload {
  readonly id: string;
  lastUsedAt = Date.now();
  readonly #options: FileUploadOptions;
  #size: number;
  #descriptor: number | undefined;
  /** Fed with all `#size` bytes, or undefined when the file must be read again. */
  #hash: StreamHash | undefined;
  #busy = false;
  #gone = false;

  constructor(options: FileUploadOptions) {
    this.#options = options;
    this.id = options.id;
    this.#size = options.size;
    this.#descriptor = options.descriptor;
    if (options.size === 0) this.#hash = createUploadHash(options.algorithm);
  }

  get size(): number {
    return this.#size;
  }

  get busy(): boolean {
    return this.#busy;
  }

  append(source: Readable, stopping?: AbortSignal): Promise<void> {
    return this.#exclusively(async () => {
      const hash = await this.#currentHash(this.#options.algorithm);
      const file = new DirectFile(this.#options.path, this.#open());
      const target = { file, position: this.#size, hash };
      try {
        const { bytes, sourceError } = await writeBlocks(source, target, stopping);
        this.#size += bytes;
        if (sourceError !== undefined) throw asError(sourceError);
      } catch (error) {
        if (target.position === this.#size) await this.#forgetTail();
        throw storageError(error);
      } finally {
        file.close();
      }
    });
  }

  commit(digest: Digest, alongside?: () => Promise<void>): Promise<void> {
    return this.#exclusively(async () => {
      await this.#verify(digest);
      try {
        await syncData(this.#open());
        this.#closeFile();
        await rename(this.#options.path, this.#options.blobPath(digest));
        this.#options.onStored(digest, this.#size);
        this.#leave();
        // Both are waited for, so that nothing goes on after a failure.
        const durable = this.#options.syncBlobs(digest);
        const [synced, done] = await Promise.allSettled([durable, alongside?.()]);
        if (synced.status === 'rejected') throw asError(synced.reason);
        if (done.status === 'rejected') throw asError(done.reason);
      } catch (error) {
        throw storageError(error);
      }
    });
  }

  cancel(): Promise<void> {
    return this.#exclusively(async () => {
      this.#closeFile();
      this.#leave();
      await unlink(this.#options.path).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error;
      });
    });
  }

  /** Frees the file descriptor of an upload that nobody is writing. */
  rest(): void {
    if (!this.#busy) this.#closeFile();
  }

  /** Keeps nothing but the file; what is needed to go on is read from there. */
  sleep(): void {
    this.rest();
    this.#hash?.dispose();
    this.#hash = undefined;
  }

  async #exclusively(work: () => Promise<void>): Promise<void> {
    if (this.#busy || this.#gone) throw new UploadBusyError();
    this.#busy = true;
    try {
      await work();
    } finally {
      this.#busy = false;
      this.lastUsedAt = Date.now();
    }
  }

  /** Nothing that came with a failed write is known to be whole. */
  async #forgetTail(): Promise<void> {
    this.#hash?.dispose();
    this.#hash = undefined;
    await truncateFile(this.#open(), this.#size);
  }

  async #verify(digest: Digest): Promise<void> {
    const algorithm = digestAlgorithm(digest);
    const hash = await this.#currentHash(algorithm);
    const actual = await hash.hex();
    if (hash !== this.#hash) hash.dispose();
    if (actual !== digestHex(digest)) throw new DigestMismatchError(`${algorithm}:${actual}`);
  }

  /** After a restart, or for another algorithm than the upload was opened with, the file is read again. */
  async #currentHash(algorithm: HashAlgorithm): Promise<StreamHash> {
    if (this.#hash?.algorithm === algorithm) return this.#hash;
    const hash = createUploadHash(algorithm);
    const block = blocks.take();
    try {
      for (let position = 0; position < this.#size;) {
        const length = Math.min(block.length, this.#size - position);
        const { bytesRead } = await readFile(this.#open(), block, 0, length, position);
        if (bytesRead === 0) throw new Error('an upload file is shorter than it was');
        await hash.update(block.subarray(0, bytesRead));
        position += bytesRead;
      }
    } finally {
      blocks.give(block);
    }
    if (algorithm === this.#options.algorithm) this.#hash = hash;
    return hash;
  }

  #open(): number {
    this.#descriptor ??= openSync(this.#options.path, constants.O_RDWR);
    return this.#descriptor;
  }

  /** At once: what was written is on disk, or unwanted, so there is nothing to wait for. */
  #closeFile(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #leave(): void {
    this.#gone = true;
    this.#hash?.dispose();
    this.#options.onGone();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
