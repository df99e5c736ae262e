import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { RepositoryName, Tag } from '../oci/reference.js';
import type { WriteOperation } from '../storage/metadata-store.js';
import {
  COLLECTION,
  manifestKey,
  referrerKey,
  repositoryKey,
  tagKey,
  type DeletedManifestDocument,
  type ManifestDocument,
  type RepositoryDocument,
} from './documents.js';
import { refuse } from './errors.js';
import type { RegistryStore } from './registry-store.js';

/** What ACR answers when a repository is deleted. */
export interface RepositoryDeletion {
  manifestsDeleted: Digest[];
  tagsDeleted: string[];
}

/**
 * Removes a tag; its manifest stays.
 *
 * @throws RegistryError MANIFEST_UNKNOWN, REGISTRY_DISALLOWED_OPERATION
 */
export function deleteTag(
  store: RegistryStore,
  repository: RepositoryName,
  tag: string,
): Promise<Digest> {
  return store.exclusively(repository, async () => {
    const known = requireRepository(store, repository);
    const document = await store.tag(repository, tag);
    if (document === undefined) throw refuse.unknownTag(tag);
    requireDeletable(known);
    requireDeletable(document);
    const after = { ...known, tagCount: known.tagCount - 1, lastUpdateTime: store.now() };
    await store.metadata.write([
      { kind: 'delete', collection: COLLECTION.tags, key: tagKey(store.name, repository, tag) },
      store.repositoryOperation(repository, after),
    ]);
    store.applyTag(repository, tag, undefined);
    store.applyRepository(repository, after);
    return document.digest;
  });
}

/**
 * Removes a manifest with all of its tags. The repository goes with its last manifest.
 *
 * @param options.keep remembers the manifest, so that it can be restored
 * @throws RegistryError MANIFEST_UNKNOWN, REGISTRY_DISALLOWED_OPERATION
 */
export function deleteManifest(
  store: RegistryStore,
  repository: RepositoryName,
  digest: Digest,
  options: { keep: boolean },
): Promise<string[]> {
  return store.exclusively(repository, () => deleteManifestNow(store, repository, digest, options));
}

/** As {@link deleteManifest}, for whoever has the repository's turn. */
export async function deleteManifestNow(
  store: RegistryStore,
  repository: RepositoryName,
  digest: Digest,
  options: { keep: boolean },
): Promise<string[]> {
  const known = requireRepository(store, repository);
  const document = await store.manifestDocument(repository, digest);
  if (document === undefined) throw refuse.unknownRevision(repository, digest);
  requireDeletable(known);
  requireDeletable(document);
  const index = await store.tagIndex(repository);
  const tags = [...index.tagsOf(digest)];
  for (const tag of tags) requireDeletable(index.get(tag));
  const after = repositoryAfter(store, known, tags.length);
  const key = manifestKey(store.name, repository, digest);
  await store.metadata.write([
    ...(await removalOperations(store, repository, { digest, document, tags, ...options })),
    { kind: 'delete', collection: COLLECTION.manifests, key },
    after === undefined
      ? {
          kind: 'delete',
          collection: COLLECTION.repositories,
          key: repositoryKey(store.name, repository),
        }
      : store.repositoryOperation(repository, after),
  ]);
  for (const tag of tags) store.applyTag(repository, tag, undefined);
  store.applyManifest(repository, digest, undefined);
  store.applyRepository(repository, after);
  return tags;
}

/**
 * Has the repository let go of a blob, unless it or a manifest that needs the blob is locked.
 *
 * @throws RegistryError BLOB_UNKNOWN, REGISTRY_DISALLOWED_OPERATION
 */
export function deleteBlobLink(
  store: RegistryStore,
  repository: RepositoryName,
  digest: Digest,
): Promise<void> {
  return store.exclusively(repository, async () => {
    const scope = store.scope(repository);
    requireDeletable(store.repository(repository));
    if ((await store.links.find(scope, digest)) === undefined) throw refuse.unknownBlob(digest);
    const index = await store.tagIndex(repository);
    for (const manifest of await store.manifestDocuments(repository)) {
      if (!manifest.document.blobs.includes(digest)) continue;
      requireDeletable(manifest.document);
      for (const tag of index.tagsOf(manifest.digest)) requireDeletable(index.get(tag));
    }
    if (!(await store.links.unlink(scope, digest))) throw refuse.unknownBlob(digest);
  });
}

/**
 * Removes a repository with everything in it, unless a part of it is locked.
 *
 * @throws RegistryError NAME_UNKNOWN, REGISTRY_DISALLOWED_OPERATION
 */
export function deleteRepository(
  store: RegistryStore,
  repository: RepositoryName,
  options: { keep: boolean },
): Promise<RepositoryDeletion> {
  return store.exclusively(repository, async () => {
    const known = requireRepository(store, repository);
    requireDeletable(known);
    const manifests = await store.manifestDocuments(repository);
    const index = await store.tagIndex(repository);
    for (const { document } of manifests) requireDeletable(document);
    for (const tag of index.names) requireDeletable(index.get(tag));
    const deletion = {
      manifestsDeleted: manifests.map(({ digest }) => digest),
      tagsDeleted: [...index.names],
    };
    const operations: WriteOperation[] = [];
    for (const { digest, document } of manifests) {
      const tags = [...index.tagsOf(digest)];
      const key = manifestKey(store.name, repository, digest);
      operations.push(
        ...(await removalOperations(store, repository, { digest, document, tags, ...options })),
        { kind: 'delete', collection: COLLECTION.manifests, key },
      );
    }
    const scope = store.scope(repository);
    const blobs = options.keep ? [] : manifests.flatMap(({ document }) => document.blobs);
    operations.push({
      kind: 'delete',
      collection: COLLECTION.repositories,
      key: repositoryKey(store.name, repository),
    });
    await store.links.withdraw(scope, [...new Set(blobs)], (unlinks) =>
      store.metadata.write([...operations, ...unlinks]),
    );
    store.applyRepository(repository, undefined);
    return deletion;
  });
}

interface Removal {
  digest: Digest;
  document: ManifestDocument;
  tags: string[];
  keep: boolean;
}

/** Everything that hangs on a manifest; its bytes too, unless it may be restored. */
async function removalOperations(
  store: RegistryStore,
  repository: RepositoryName,
  { digest, document, tags, keep }: Removal,
): Promise<WriteOperation[]> {
  const key = manifestKey(store.name, repository, digest);
  const operations = tags.map((tag): WriteOperation => {
    const tagged = tagKey(store.name, repository, tag);
    return { kind: 'delete', collection: COLLECTION.tags, key: tagged };
  });
  let referrer: Descriptor | undefined;
  if (document.subject !== undefined) {
    const entry = referrerKey(store.name, repository, document.subject, digest);
    referrer = await store.metadata.get<Descriptor>(COLLECTION.referrers, entry);
    operations.push({ kind: 'delete', collection: COLLECTION.referrers, key: entry });
  }
  if (!keep) return [...operations, { kind: 'delete', collection: COLLECTION.contents, key }];
  const value: DeletedManifestDocument = {
    deletedAt: store.now(),
    manifest: document,
    tags: tags as Tag[],
    ...(referrer && { referrer }),
  };
  return [...operations, { kind: 'put', collection: COLLECTION.deleted, key, value }];
}

/** An empty repository is none: ACR lists only those with manifests. */
function repositoryAfter(
  store: RegistryStore,
  known: RepositoryDocument,
  tagsRemoved: number,
): RepositoryDocument | undefined {
  if (known.manifestCount <= 1) return undefined;
  return {
    ...known,
    manifestCount: known.manifestCount - 1,
    tagCount: known.tagCount - tagsRemoved,
    lastUpdateTime: store.now(),
  };
}

function requireRepository(store: RegistryStore, repository: RepositoryName): RepositoryDocument {
  const document = store.repository(repository);
  if (document === undefined) throw refuse.unknownRepository(repository);
  return document;
}

/** ACR's write lock forbids deletion as well. */
function requireDeletable(
  document: { changeableAttributes: { deleteEnabled: boolean; writeEnabled: boolean } } | undefined,
): void {
  if (document === undefined) return;
  const { deleteEnabled, writeEnabled } = document.changeableAttributes;
  if (!deleteEnabled || !writeEnabled) throw refuse.locked();
}
