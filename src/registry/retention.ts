import type { Digest } from '../oci/digest.js';
import { parseRepositoryName, type RepositoryName } from '../oci/reference.js';
import { COLLECTION, repositoryKey, type DeletedManifestDocument } from './documents.js';
import { RegistryError } from './errors.js';
import { deleteManifest } from './manifest-remover.js';
import type { RegistrySettings } from './registry-host.js';
import type { RegistryStore } from './registry-store.js';

const DAY_MS = 24 * 3600 * 1000;

/** Forgets softly deleted manifests whose time is over. */
export async function expireDeleted(
  store: RegistryStore,
  settings: RegistrySettings,
  now: Date,
): Promise<void> {
  const days = settings.softDelete?.enabled === true ? settings.softDelete.retentionDays : 0;
  const cutoff = now.getTime() - days * DAY_MS;
  const prefix = repositoryKey(store.name, '');
  const entries = await store.metadata.list<DeletedManifestDocument>(COLLECTION.deleted, {
    prefix,
  });
  for (const { key, value } of entries) {
    if (new Date(value.deletedAt).getTime() > cutoff) continue;
    const repository = parseRepositoryName(key.slice(prefix.length, key.indexOf('@')));
    if (repository === undefined) continue;
    await store.exclusively(repository, async () => {
      // Restored or deleted anew meanwhile?
      const now = await store.metadata.get<DeletedManifestDocument>(COLLECTION.deleted, key);
      if (now?.deletedAt !== value.deletedAt) return;
      await store.metadata.write([
        { kind: 'delete', collection: COLLECTION.deleted, key },
        { kind: 'delete', collection: COLLECTION.contents, key },
      ]);
    });
  }
}

/** Deletes manifests that have had neither tag nor parent for long enough. @returns how many */
export async function expireUntagged(
  store: RegistryStore,
  settings: RegistrySettings,
  now: Date,
): Promise<number> {
  const retention = settings.untaggedRetention;
  if (retention?.enabled !== true) return 0;
  const cutoff = now.getTime() - retention.days * DAY_MS;
  const keep = settings.softDelete?.enabled === true;
  let expired = 0;
  for (const repository of store.repositories()) {
    for (const digest of await untaggedSince(store, repository, cutoff)) {
      if (await deleteUnlessLocked(store, repository, digest, keep)) expired++;
    }
  }
  return expired;
}

async function untaggedSince(
  store: RegistryStore,
  repository: RepositoryName,
  cutoff: number,
): Promise<Digest[]> {
  const manifests = await store.manifestDocuments(repository);
  const index = await store.tagIndex(repository);
  const children = new Set(
    manifests.flatMap(({ document }) => document.manifests.map(({ digest }) => digest)),
  );
  const subjects = new Set(manifests.map(({ digest }) => digest));
  return manifests
    .filter(({ digest, document }) => {
      const isOld = new Date(document.lastUpdateTime).getTime() <= cutoff;
      // Signatures and the like live as long as what they are about.
      const isReferrer = document.subject !== undefined && subjects.has(document.subject);
      const isFree = index.tagsOf(digest).length === 0 && !children.has(digest) && !isReferrer;
      return isOld && isFree;
    })
    .map(({ digest }) => digest);
}

async function deleteUnlessLocked(
  store: RegistryStore,
  repository: RepositoryName,
  digest: Digest,
  keep: boolean,
): Promise<boolean> {
  try {
    await deleteManifest(store, repository, digest, { keep });
    return true;
  } catch (error) {
    if (error instanceof RegistryError) return false; // locked, or gone meanwhile
    throw error;
  }
}
