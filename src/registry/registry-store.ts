import type { Clock } from '../base/clock.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { parseDigest } from '../oci/digest.js';
import type { RepositoryName } from '../oci/reference.js';
import type { ListOptions, MetadataStore, WriteOperation } from '../storage/metadata-store.js';
import type { BlobLinks } from './blob-links.js';
import {
  COLLECTION,
  formatTime,
  manifestKey,
  referrerKey,
  repositoryKey,
  tagKey,
  UNLOCKED,
  type ManifestDocument,
  type RepositoryDocument,
  type TagDocument,
} from './documents.js';
import type { HeaderPairs } from './exchange.js';
import { KeyedMutex } from './keyed-mutex.js';
import { LruCache } from './lru-cache.js';
import { NameIndex, TagIndex } from './tag-index.js';

/** A manifest in memory, with the headers of its answer. */
export interface StoredManifest {
  digest: Digest;
  bytes: Buffer;
  document: ManifestDocument;
  headers: HeaderPairs;
}

const MAX_CACHED_MANIFEST_BYTES = 24 * 1024 * 1024;
/** What an entry costs besides its bytes, roughly. */
const ENTRY_BYTES = 1024;
const MAX_CACHED_TAGS = 50_000;
/** Tags of all repositories whose tag lists are held. */
const MAX_INDEXED_TAGS = 150_000;

export interface RegistryStoreOptions {
  /** Of the registry. */
  name: string;
  metadata: MetadataStore;
  links: BlobLinks;
  clock: Clock;
}

/** What one registry holds: its repositories, tags and manifests, with the caches that keep reading cheap. */
export class RegistryStore {
  readonly name: string;
  readonly links: BlobLinks;
  readonly catalog: NameIndex;
  readonly #metadata: MetadataStore;
  readonly #clock: Clock;
  readonly #repositories: Map<string, RepositoryDocument>;
  readonly #mutex = new KeyedMutex();
  readonly #manifests = new LruCache<StoredManifest>(
    MAX_CACHED_MANIFEST_BYTES,
    ({ bytes }) => bytes.length + ENTRY_BYTES,
  );
  readonly #tags = new LruCache<TagDocument>(MAX_CACHED_TAGS);
  readonly #tagIndexes = new LruCache<TagIndex>(MAX_INDEXED_TAGS, ({ names }) => names.length + 10);

  private constructor(
    options: RegistryStoreOptions,
    repositories: Map<string, RepositoryDocument>,
  ) {
    this.name = options.name;
    this.links = options.links;
    this.#metadata = options.metadata;
    this.#clock = options.clock;
    this.#repositories = repositories;
    const listed = [...repositories].filter(
      ([, { changeableAttributes: locks }]) => locks.listEnabled,
    );
    this.catalog = new NameIndex(
      listed.map(([name]) => name),
      (names) => ({ repositories: names }),
    );
  }

  static async open(options: RegistryStoreOptions): Promise<RegistryStore> {
    const prefix = repositoryKey(options.name, '');
    const entries = await options.metadata.list<RepositoryDocument>(COLLECTION.repositories, {
      prefix,
    });
    return new RegistryStore(
      options,
      new Map(entries.map(({ key, value }) => [key.slice(prefix.length), value])),
    );
  }

  /** As it is written into documents. */
  now(): string {
    return formatTime(this.#clock.now());
  }

  /** One change at a time to a repository. */
  exclusively<T>(repository: RepositoryName, work: () => Promise<T>): Promise<T> {
    return this.#mutex.run(repository, work);
  }

  scope(repository: RepositoryName): string {
    return repositoryKey(this.name, repository);
  }

  repository(repository: RepositoryName): RepositoryDocument | undefined {
    return this.#repositories.get(repository);
  }

  repositories(): RepositoryName[] {
    return [...this.#repositories.keys()] as RepositoryName[];
  }

  /** The operation that stores the repository's own document. Pair it with `applyRepository`. */
  repositoryOperation(repository: RepositoryName, document: RepositoryDocument): WriteOperation {
    const key = repositoryKey(this.name, repository);
    return { kind: 'put', collection: COLLECTION.repositories, key, value: document };
  }

  newRepository(): RepositoryDocument {
    const now = this.now();
    return {
      createdTime: now,
      lastUpdateTime: now,
      changeableAttributes: UNLOCKED,
      manifestCount: 0,
      tagCount: 0,
    };
  }

  async tag(repository: RepositoryName, tag: string): Promise<TagDocument | undefined> {
    const key = tagKey(this.name, repository, tag);
    const cached = this.#tags.get(key);
    if (cached !== undefined) return cached;
    const document = await this.#metadata.get<TagDocument>(COLLECTION.tags, key);
    if (document !== undefined) this.#tags.set(key, document);
    return document;
  }

  async tagIndex(repository: RepositoryName): Promise<TagIndex> {
    const held = this.#tagIndexes.get(repository);
    if (held !== undefined) return held;
    const prefix = tagKey(this.name, repository, '');
    const entries = await this.#metadata.list<TagDocument>(COLLECTION.tags, { prefix });
    const index = new TagIndex(
      repository,
      entries.map(({ key, value }) => ({ tag: key.slice(prefix.length), document: value })),
    );
    this.#tagIndexes.set(repository, index);
    return index;
  }

  async manifest(repository: RepositoryName, digest: Digest): Promise<StoredManifest | undefined> {
    const key = manifestKey(this.name, repository, digest);
    const cached = this.#manifests.get(key);
    if (cached !== undefined) return cached;
    const document = await this.#metadata.get<ManifestDocument>(COLLECTION.manifests, key);
    const content = document && (await this.#metadata.get<string>(COLLECTION.contents, key));
    if (document === undefined || content === undefined) return undefined;
    return this.#cache(key, digest, Buffer.from(content, 'base64'), document);
  }

  manifestDocument(
    repository: RepositoryName,
    digest: Digest,
  ): Promise<ManifestDocument | undefined> {
    const key = manifestKey(this.name, repository, digest);
    const cached = this.#manifests.get(key);
    if (cached !== undefined) return Promise.resolve(cached.document);
    return this.#metadata.get<ManifestDocument>(COLLECTION.manifests, key);
  }

  /** By ascending digest; `after` is a digest. */
  async manifestDocuments(
    repository: RepositoryName,
    options: Omit<ListOptions, 'prefix'> = {},
  ): Promise<{ digest: Digest; document: ManifestDocument }[]> {
    const prefix = manifestKey(this.name, repository, '');
    const after = options.after === undefined ? {} : { after: `${prefix}${options.after}` };
    const entries = await this.#metadata.list<ManifestDocument>(COLLECTION.manifests, {
      ...options,
      ...after,
      prefix,
    });
    return entries.flatMap(({ key, value }) => {
      const digest = parseDigest(key.slice(prefix.length));
      return digest === undefined ? [] : [{ digest, document: value }];
    });
  }

  /** By ascending digest. */
  async referrers(repository: RepositoryName, subject: Digest): Promise<Descriptor[]> {
    const prefix = referrerKey(this.name, repository, subject, '');
    const entries = await this.#metadata.list<Descriptor>(COLLECTION.referrers, { prefix });
    return entries.map(({ value }) => value);
  }

  get metadata(): MetadataStore {
    return this.#metadata;
  }

  // What follows brings the caches in line with a write that has just succeeded.

  applyRepository(repository: RepositoryName, document: RepositoryDocument | undefined): void {
    if (document === undefined) {
      this.#repositories.delete(repository);
      this.catalog.remove(repository);
      this.#manifests.deletePrefix(manifestKey(this.name, repository, ''));
      this.#tags.deletePrefix(tagKey(this.name, repository, ''));
      this.#tagIndexes.delete(repository);
      return;
    }
    const known = this.#repositories.get(repository);
    this.#repositories.set(repository, document);
    const listed = document.changeableAttributes.listEnabled;
    if (known?.changeableAttributes.listEnabled === listed) return;
    if (listed) this.catalog.add(repository);
    else this.catalog.remove(repository);
  }

  applyTag(repository: RepositoryName, tag: string, document: TagDocument | undefined): void {
    const key = tagKey(this.name, repository, tag);
    const index = this.#tagIndexes.get(repository);
    if (document === undefined) {
      this.#tags.delete(key);
      index?.delete(tag);
    } else {
      this.#tags.set(key, document);
      index?.set(tag, document);
    }
  }

  applyManifest(
    repository: RepositoryName,
    digest: Digest,
    stored: { bytes: Buffer; document: ManifestDocument } | undefined,
  ): void {
    const key = manifestKey(this.name, repository, digest);
    if (stored === undefined) this.#manifests.delete(key);
    else this.#cache(key, digest, stored.bytes, stored.document);
  }

  #cache(key: string, digest: Digest, bytes: Buffer, document: ManifestDocument): StoredManifest {
    const headers = [
      'Content-Type',
      document.mediaType,
      'Content-Length',
      bytes.length,
      'Docker-Content-Digest',
      digest,
      'ETag',
      `"${digest}"`,
    ];
    const manifest = { digest, bytes, document, headers };
    this.#manifests.set(key, manifest);
    return manifest;
  }
}
