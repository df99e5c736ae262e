import type { Digest } from '../oci/digest.js';

/** More than anyone pushes before pulling; forgetting one costs a slower download, nothing else. */
const MAX_REMEMBERED = 4096;

/**
 * Blobs that lie on the disk only: written past the page cache, and not read since. The first reader
 * takes such a blob past the cache as well; whoever reads it again has the system keep it in memory.
 */
export class UncachedBlobs {
  readonly #digests = new Set<Digest>();

  add(digest: Digest): void {
    this.#digests.add(digest);
    if (this.#digests.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#digests) {
      this.#digests.delete(oldest);
      return;
    }
  }

  /** @returns whether it was one; it counts as read from now on */
  take(digest: Digest): boolean {
    return this.#digests.delete(digest);
  }
}
