import type { Digest } from '../oci/digest.js';
import type { RepositoryName } from '../oci/reference.js';
import type { WriteOperation } from '../storage/metadata-store.js';
import {
  COLLECTION,
  manifestKey,
  referrerKey,
  tagKey,
  UNLOCKED,
  type DeletedManifestDocument,
  type TagDocument,
} from './documents.js';
import { refuse, RegistryError } from './errors.js';
import type { RegistryStore } from './registry-store.js';

/**
 * Brings a softly deleted manifest back.
 *
 * @param options.tag instead of the tags it had
 * @param options.force moves tags that point to another manifest by now
 * @returns the tags it has again
 * @throws RegistryError MANIFEST_UNKNOWN, CONFLICT
 */
export function restoreManifest(
  store: RegistryStore,
  repository: RepositoryName,
  digest: Digest,
  options: { tag?: string; force: boolean },
): Promise<string[]> {
  return store.exclusively(repository, async () => {
    const key = manifestKey(store.name, repository, digest);
    const deleted = await store.metadata.get<DeletedManifestDocument>(COLLECTION.deleted, key);
    if (deleted === undefined) throw refuse.unknownRevision(repository, digest);
    const names = options.tag === undefined ? deleted.tags : [options.tag];
    const { tags, added } = await chooseTags(store, repository, digest, names, options.force);
    const before = store.repository(repository) ?? store.newRepository();
    const now = store.now();
    const after = {
      ...before,
      lastUpdateTime: now,
      manifestCount: before.manifestCount + 1,
      tagCount: before.tagCount + added,
    };
    const value: TagDocument = {
      digest,
      createdTime: now,
      lastUpdateTime: now,
      changeableAttributes: UNLOCKED,
    };
    const manifest = { ...deleted.manifest, freeSince: undefined }; // its time without a tag begins anew
    const operations: WriteOperation[] = [
      { kind: 'delete', collection: COLLECTION.deleted, key },
      { kind: 'put', collection: COLLECTION.manifests, key, value: manifest },
      ...tags.map((tag): WriteOperation => {
        const tagged = tagKey(store.name, repository, tag);
        return { kind: 'put', collection: COLLECTION.tags, key: tagged, value };
      }),
      store.repositoryOperation(repository, after),
    ];
    const { subject } = manifest;
    if (subject !== undefined && deleted.referrer !== undefined) {
      const entry = referrerKey(store.name, repository, subject, digest);
      const collection = COLLECTION.referrers;
      operations.push({ kind: 'put', collection, key: entry, value: deleted.referrer });
    }
    await store.metadata.write(operations);
    for (const tag of tags) store.applyTag(repository, tag, value);
    store.applyRepository(repository, after);
    return tags;
  });
}

async function chooseTags(
  store: RegistryStore,
  repository: RepositoryName,
  digest: Digest,
  names: readonly string[],
  force: boolean,
): Promise<{ tags: string[]; added: number }> {
  let added = 0;
  for (const name of names) {
    const known = await store.tag(repository, name);
    if (known === undefined) added++;
    else if (known.digest !== digest && !force) {
      throw new RegistryError('CONFLICT', {
        message: `tag "${name}" belongs to ${known.digest} by now; restore with force to move it`,
        detail: { tag: name, digest: known.digest },
      });
    }
  }
  return { tags: [...names], added };
}
