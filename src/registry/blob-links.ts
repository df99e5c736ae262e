import { parseDigest, type Digest } from '../oci/digest.js';
import type { BlobReader, BlobStore, BlobUpload } from '../storage/blob-store.js';
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

  constructor(metadata: MetadataStore, blobs: BlobStore) {
    this.#metadata = metadata;
    this.#blobs = blobs;
  }

  /** Looks without telling the garbage collector that the blob is wanted. */
  async find(scope: string, digest: Digest): Promise<BlobLink | undefined> {
    const key = blobKey(digest, scope);
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const link = await this.#metadata.get<BlobLink>(COLLECTION.blobs, key);
    if (link !== undefined) this.#cache.set(key, link);
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

  /** Makes the upload a blob of the repository; durable once it resolves. */
  commit(scope: string, upload: BlobUpload, digest: Digest): Promise<void> {
    return this.#mutex.run(digest, async () => {
      const { size } = upload;
      await upload.commit(digest);
      await this.#link(scope, digest, size);
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
    const key = blobKey(digest, scope);
    this.forget(key); // first: nobody may be told that it is there while the write is under way
    return this.#metadata.delete(COLLECTION.blobs, key);
  }

  /** Unlinks unless someone wanted the blob after `cutoff`. Call it in the repository's turn. */
  async unlinkUnwanted(scope: string, digest: Digest, cutoff: number): Promise<boolean> {
    const link = await this.find(scope, digest);
    if (link === undefined || this.lastWanted(scope, digest, link) > cutoff) return false;
    return this.unlink(scope, digest);
  }

  /** The operation that unlinks, for a larger write; call `forget` once that is done. */
  unlinkOperation(scope: string, digest: Digest): WriteOperation {
    return { kind: 'delete', collection: COLLECTION.blobs, key: blobKey(digest, scope) };
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

  forget(key: string): void {
    this.#cache.delete(key);
    this.#touched.delete(key);
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

  async #link(scope: string, digest: Digest, size: number): Promise<void> {
    const key = blobKey(digest, scope);
    const link: BlobLink = { size, linkedAt: Date.now() };
    await this.#metadata.put(COLLECTION.blobs, key, link);
    this.#cache.set(key, link);
  }
}
