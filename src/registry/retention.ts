import type { Digest } from '../oci/digest.js';
import { parseRepositoryName, type RepositoryName } from '../oci/reference.js';
import {
  COLLECTION,
  formatTime,
  manifestKey,
  repositoryKey,
  type DeletedManifestDocument,
  type ManifestDocument,
} from './documents.js';
import { RegistryError } from './errors.js';
import { deleteManifestNow } from './manifest-remover.js';
import type { RegistrySettings } from './registry-host.js';
import type { RegistryStore } from './registry-store.js';
import type { TagIndex } from './tag-index.js';

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

/**
 * Deletes manifests that have had neither tag nor parent for long enough. The time runs from when a
 * collection first finds one like that: how old the manifest is does not matter.
 *
 * @returns how many
 */
export async function expireUntagged(
  store: RegistryStore,
  settings: RegistrySettings,
  now: Date,
): Promise<number> {
  const retention = settings.untaggedRetention;
  if (retention?.enabled !== true) return 0;
  const rule: UntaggedRule = {
    now,
    cutoff: now.getTime() - retention.days * DAY_MS,
    keep: settings.softDelete?.enabled === true,
  };
  let expired = 0;
  for (const repository of store.repositories()) {
    // In one turn: nobody gives a manifest a tag, or a parent, between the look and the deletion.
    expired += await store.exclusively(repository, () => expireIn(store, repository, rule));
  }
  return expired;
}

interface UntaggedRule {
  now: Date;
  /** Milliseconds since the epoch: what was free by then goes. */
  cutoff: number;
  /** Whether what goes can be restored. */
  keep: boolean;
}

async function expireIn(
  store: RegistryStore,
  repository: RepositoryName,
  { now, cutoff, keep }: UntaggedRule,
): Promise<number> {
  const manifests = await store.manifestDocuments(repository);
  const isFree = freedom(manifests, await store.tagIndex(repository));
  let expired = 0;
  for (const one of manifests) {
    const before = one.document.freeSince;
    const freeSince = isFree(one) ? (before ?? formatTime(now)) : undefined;
    if (freeSince !== undefined && new Date(freeSince).getTime() <= cutoff) {
      if (await deleteUnlessLocked(store, repository, one.digest, keep)) expired++;
    } else if (freeSince !== before) {
      await noteFreedom(store, repository, one, freeSince);
    }
  }
  return expired;
}

interface Manifest {
  digest: Digest;
  document: ManifestDocument;
}

function freedom(manifests: readonly Manifest[], tags: TagIndex): (one: Manifest) => boolean {
  const children = new Set(
    manifests.flatMap(({ document }) => document.manifests.map(({ digest }) => digest)),
  );
  const subjects = new Set(manifests.map(({ digest }) => digest));
  return ({ digest, document: { subject } }) => {
    // Signatures and the like live as long as what they are about.
    const isReferrer = subject !== undefined && subjects.has(subject);
    return tags.tagsOf(digest).length === 0 && !children.has(digest) && !isReferrer;
  };
}

async function noteFreedom(
  store: RegistryStore,
  repository: RepositoryName,
  { digest, document }: Manifest,
  freeSince: string | undefined,
): Promise<void> {
  const key = manifestKey(store.name, repository, digest);
  const after: ManifestDocument = { ...document, freeSince };
  await store.metadata.put(COLLECTION.manifests, key, after);
  store.applyManifest(repository, digest, undefined);
}

async function deleteUnlessLocked(
  store: RegistryStore,
  repository: RepositoryName,
  digest: Digest,
  keep: boolean,
): Promise<boolean> {
  try {
    await deleteManifestNow(store, repository, digest, { keep });
    return true;
  } catch (error) {
    if (error instanceof RegistryError) return false; // locked
    throw error;
  }
}
