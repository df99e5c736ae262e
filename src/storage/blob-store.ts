import type { Readable } from 'node:stream';
import type { Digest } from '../oci/digest.js';

export type HashAlgorithm = 'sha256' | 'sha512';

/** An open blob. Call `close` exactly once. */
export interface BlobReader {
  /** Bytes. */
  readonly size: number;
  /** Reads that are worth having under way: a disk serves several at once, memory is as fast with one. */
  readonly readsAtOnce: number;
  /** Fills `target` from `position` on; returns the bytes read, fewer only at the end. */
  read(target: Buffer, length: number, position: number): Promise<number>;
  /** The same, at once; only for content so small that waiting for a thread costs more. */
  readNow(target: Buffer, length: number, position: number): number;
  close(): void;
}

/** Content on its way in. Survives a restart of the process until it is committed or cancelled. */
export interface BlobUpload {
  /** Random, unguessable. */
  readonly id: string;
  /** Bytes received so far. */
  readonly size: number;
  /**
   * Appends what `source` gives. When the source fails, or `stopping` is aborted, what came before is kept
   * and counted, so that the sender can go on from `size`.
   *
   * @throws UploadBusyError, StorageFullError, the source's own error, or the signal's reason
   */
  append(source: Readable, stopping?: AbortSignal): Promise<void>;
  /**
   * Makes the content a blob: on disk, under its digest, all of it or nothing.
   * The upload is gone afterwards, except when its content is refused.
   *
   * @param alongside called once the content has its name, while that is being made durable; the commit
   *   ends when both have
   * @throws DigestMismatchError, UploadBusyError, StorageFullError
   */
  commit(digest: Digest, alongside?: () => Promise<void>): Promise<void>;
  cancel(): Promise<void>;
}

export interface StoredBlob {
  digest: Digest;
  /** Bytes. */
  size: number;
  modifiedAt: Date;
}

/** Immutable content by digest. Who may see which blob is not decided here. */
export interface BlobStore {
  stat(digest: Digest): Promise<StoredBlob | undefined>;
  open(digest: Digest): Promise<BlobReader | undefined>;
  /** @param scope whose upload it is, e.g. `'acrlabacr/team/app'`; needed again to find it */
  createUpload(scope: string, algorithm?: HashAlgorithm): Promise<BlobUpload>;
  findUpload(scope: string, id: string): Promise<BlobUpload | undefined>;
  /** Cancels uploads that nothing was written to since `before`. @returns how many */
  expireUploads(before: Date): Promise<number>;
  /** @returns whether there was something to delete */
  delete(digest: Digest): Promise<boolean>;
  list(): AsyncIterable<StoredBlob>;
  close(): Promise<void>;
}
