import { parseDigest, type Digest } from '../oci/digest.js';
import type { BlobReader, BlobStore, BlobUpload, StoredBlob } from '../storage/blob-store.js';
import type { MetadataStore, WriteOperation } from '../storage/metadata-store.js';
import { blobKey, COLLECTION } from './documents.js';
import { KeyedMutex } from './keyed-mutex.js';
import { LruCache } from './lru-cache.js';

/** Says that a repository holds a blob. */
export interface BlobLink {
  /** Bytes. */
  size: number;
  /** Milliseconds since the epoch. */
  linkedAt: number;
}

/** More are never needed to find one that the client may read. */
const MAX_HOLDERS = 100;
const MAX_CACHED_LINKS = 50_000;

/**
 * Which repository may read which blob. Files are shared by everyone; links are not.
 * Writing a link and deleting a file exclude each other per digest, so that no link ever points to
 * a file that the garbage collector is about to remove.
 */
export class BlobLinks {
  readonly #metadata: MetadataStore;
  readonly #blobs: BlobStore;
  readonly #mutex = new KeyedMutex();
  readonly #cache = new LruCache<BlobLink>(MAX_CACHED_LINKS);
  /** When a client was last told that a repository holds a blob, by link key. */
  readonly #touched = new Map<string, number>();
  /** Links that are being withdrawn. */
  readonly #leaving = new Set<string>();
  #withdrawals = 0;
  readonly #startedAt = Date.now();

  constructor(metadata: MetadataStore, blobs: BlobStore) {
    this.#metadata = metadata;
    this.#blobs = blobs;
  }

  /** Looks without telling the garbage collector that the blob is wanted. */
  async find(scope: string, digest: Digest): Promise<BlobLink | undefined> {
    const key = blobKey(digest, scope);
    if (this.#leaving.has(key)) return undefined;
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const withdrawals = this.#withdrawals;
    const link = await this.#metadata.get<BlobLink>(COLLECTION.blobs, key);
    if (link === undefined || !(await this.#isWhole(digest, link))) return undefined;
    // What was read may have been withdrawn meanwhile.
    if (this.#withdrawals !== withdrawals) return this.find(scope, digest);
    this.#cache.set(key, link);
    return link;
  }

  /** Looks, and protects the blob for a while: whoever asked may be about to reference it. */
  async touch(scope: string, digest: Digest): Promise<BlobLink | undefined> {
    const link = await this.find(scope, digest);
    if (link !== undefined) this.#touched.set(blobKey(digest, scope), Date.now());
    return link;
  }

  /** When the blob was last linked, or asked for in this process's life. */
  lastWanted(scope: string, digest: Digest, link: BlobLink): number {
    return Math.max(link.linkedAt, this.#touched.get(blobKey(digest, scope)) ?? 0);
  }

  async open(scope: string, digest: Digest): Promise<BlobReader | undefined> {
    const link = await this.touch(scope, digest);
    return link === undefined ? undefined : this.#blobs.open(digest);
  }

  /** As `open`, for whoever wants to know of it only. */
  async stat(scope: string, digest: Digest): Promise<StoredBlob | undefined> {
    const link = await this.touch(scope, digest);
    return link === undefined ? undefined : this.#blobs.stat(digest);
  }

  /** Makes the upload a blob of the repository; durable once it resolves. */
  commit(scope: string, upload: BlobUpload, digest: Digest): Promise<void> {
    return this.#mutex.run(digest, async () => {
      const { size } = upload;
      await upload.commit(digest, () => this.#link(scope, digest, size));
    });
  }

  /** @returns false when the other repository does not hold the blob */
  mount(scope: string, from: string, digest: Digest): Promise<boolean> {
    return this.#mutex.run(digest, async () => {
      const link = await this.find(from, digest);
      if (link === undefined) return false;
      await this.#link(scope, digest, link.size);
      return true;
    });
  }

  /** The repositories that hold the blob, of those whose scope begins like that. */
  async holders(digest: Digest, scopePrefix: string): Promise<string[]> {
    const prefix = blobKey(digest, scopePrefix);
    const entries = await this.#metadata.list(COLLECTION.blobs, { prefix, limit: MAX_HOLDERS });
    return entries.map(({ key }) => key.slice(digest.length + 1));
  }

  /** @returns false when the repository does not hold the blob */
  async unlink(scope: string, digest: Digest): Promise<boolean> {
    let existed = false;
    await this.withdraw(scope, [digest], async ([operation]) => {
      if (operation === undefined) return;
      existed = await this.#metadata.delete(operation.collection, operation.key);
    });
    return existed;
  }

  /** Unlinks unless someone wanted the blob after `cutoff`. */
  async unlinkUnwanted(scope: string, digest: Digest, cutoff: number): Promise<boolean> {
    const link = await this.find(scope, digest);
    // From this look to the withdrawal nothing else runs: whoever asks later is told that it is gone.
    if (link === undefined || this.lastWanted(scope, digest, link) > cutoff) return false;
    return this.unlink(scope, digest);
  }

  /** Unlinks as part of a larger write. From now on nobody is told that the repository holds the blobs. */
  async withdraw(
    scope: string,
    digests: readonly Digest[],
    write: (operations: readonly WriteOperation[]) => Promise<void>,
  ): Promise<void> {
    const keys = digests.map((digest) => blobKey(digest, scope));
    for (const key of keys) this.#leaving.add(key);
    this.#forget(keys);
    const { blobs: collection } = COLLECTION;
    try {
      await write(keys.map((key) => ({ kind: 'delete', collection, key })));
    } finally {
      for (const key of keys) this.#leaving.delete(key);
      this.#forget(keys);
    }
  }

  /** A page of all links, in the order of their keys. */
  async page(
    after: string | undefined,
    limit: number,
  ): Promise<{ key: string; digest: Digest; scope: string; link: BlobLink }[]> {
    const options = after === undefined ? { limit } : { after, limit };
    const entries = await this.#metadata.list<BlobLink>(COLLECTION.blobs, options);
    return entries.flatMap(({ key, value }) => {
      const space = key.indexOf(' ');
      const digest = parseDigest(key.slice(0, space));
      return digest ? [{ key, digest, scope: key.slice(space + 1), link: value }] : [];
    });
  }

  /** Forgets what was wanted before then; nobody asks for it any more. */
  forgetTouches(before: number): void {
    for (const [key, at] of this.#touched) if (at < before) this.#touched.delete(key);
  }

  /** Removes the file if no repository holds the blob. @returns whether it was removed */
  removeFile(digest: Digest): Promise<boolean> {
    return this.#mutex.run(digest, async () => {
      const holders = await this.#metadata.list(COLLECTION.blobs, {
        prefix: `${digest} `,
        limit: 1,
      });
      return holders.length === 0 && (await this.#blobs.delete(digest));
    });
  }

  #forget(keys: readonly string[]): void {
    this.#withdrawals++;
    for (const key of keys) {
      this.#cache.delete(key);
      this.#touched.delete(key);
    }
  }

  /**
   * Link and file become durable at the same time. A machine that lost its power in between may have
   * kept the link alone; it was never acknowledged, and must not be believed.
   */
  async #isWhole(digest: Digest, link: BlobLink): Promise<boolean> {
    if (link.linkedAt >= this.#startedAt) return true;
    return (await this.#blobs.stat(digest))?.size === link.size;
  }

  async #link(scope: string, digest: Digest, size: number): Promise<void> {
    const key = blobKey(digest, scope);
    const link: BlobLink = { size, linkedAt: Date.now() };
    await this.#metadata.put(COLLECTION.blobs, key, link);
    this.#cache.set(key, link);
  }
}
