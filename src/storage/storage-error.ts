import { codeOf, messageOf } from '../base/failure.js';

/** The disk is full (or over quota). Nothing of the operation that failed was kept. */
export class StorageFullError extends Error {
  constructor(cause: unknown) {
    super('no space left on the device that holds the data folder', { cause });
    this.name = 'StorageFullError';
  }
}

/** The bytes are not those that the digest names. */
export class DigestMismatchError extends Error {
  /** Of the bytes that came, e.g. `'sha256:9f86…'`. */
  readonly actual: string;

  constructor(actual: string) {
    super(`content has digest ${actual}`);
    this.name = 'DigestMismatchError';
    this.actual = actual;
  }
}

/** Two requests write one upload at the same time. */
export class UploadBusyError extends Error {
  constructor() {
    super('another request is writing this upload');
    this.name = 'UploadBusyError';
  }
}

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT']);

/** The error as callers should see it. The metadata engine gives no codes, only messages. */
export function storageError(error: unknown): unknown {
  if (NO_SPACE.has(codeOf(error) ?? '')) return new StorageFullError(error);
  return /database or disk is full/i.test(messageOf(error)) ? new StorageFullError(error) : error;
}
