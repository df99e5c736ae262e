import { createHash, type Hash } from 'node:crypto';
import type { HashAlgorithm } from './blob-store.js';

/** A hash that is fed while content streams by. */
export interface StreamHash {
  readonly algorithm: HashAlgorithm;
  /** The bytes may be reused once the promise, if there is one, has resolved. */
  update(bytes: Buffer): Promise<void> | undefined;
  /** Lower-case hex of everything so far. More may follow. */
  hex(): Promise<string>;
  /** Gives up; nothing may be called after. */
  dispose(): void;
}

/** Hashes on the calling thread. */
export function createInlineHash(algorithm: HashAlgorithm): StreamHash {
  const hash: Hash = createHash(algorithm);
  return {
    algorithm,
    update: (bytes) => {
      hash.update(bytes);
      return undefined;
    },
    hex: () => Promise.resolve(hash.copy().digest('hex')),
    dispose: () => undefined,
  };
}
