import type { Clock } from '../base/clock.js';
import type { Digest } from '../oci/digest.js';
import type { RepositoryName } from '../oci/reference.js';
import type { BlobStore } from '../storage/blob-store.js';
import type { BlobLinks } from './blob-links.js';
import { COLLECTION, manifestKey, type DeletedManifestDocument } from './documents.js';
import type { GarbageReport, RegistrySettings } from './registry-host.js';
import type { RegistryStore } from './registry-store.js';
import { expireDeleted, expireUntagged } from './retention.js';

export interface GarbageOptions {
  registries: readonly { settings: RegistrySettings; store: RegistryStore }[];
  links: BlobLinks;
  blobs: BlobStore;
  clock: Clock;
  /** Younger blobs are kept: a push uploads its layers long before the manifest that needs them. */
  graceMs: number;
}

/** Links looked at in one go; requests are answered in between. */
const PAGE = 500;
/** An upload that nobody has written to for so long was abandoned. */
const UPLOAD_LIFETIME_MS = 24 * 3600_000;
/** References held in memory at a time. */
const MAX_REFERENCES = 200_000;

/**
 * Removes what nobody needs, while the registry serves.
 *
 * A link goes only when no manifest of its repository needs it *and* nobody has uploaded, mounted or
 * asked for the blob within the grace time. A manifest that is pushed meanwhile asks for what it refers
 * to, so either the link is seen to be wanted, or the push is told that it is gone. A file goes only when no link is left, looked at
 * while links to it cannot be made.
 */
export async function collectGarbage(options: GarbageOptions): Promise<GarbageReport> {
  const now = options.clock.now();
  const cutoff = now.getTime() - options.graceMs;
  let manifests = 0;
  for (const { settings, store } of options.registries) {
    manifests += await expireUntagged(store, settings, now);
    await expireDeleted(store, settings, now);
  }
  const links = await dropLinks(options, cutoff);
  const { files, bytes } = await dropFiles(options, cutoff);
  const uploads = await options.blobs.expireUploads(new Date(now.getTime() - UPLOAD_LIFETIME_MS));
  options.links.forgetTouches(cutoff);
  return { links, files, bytes, uploads, manifests };
}

/** Repositories by scope; several rounds when their references would not fit into memory at once. */
async function dropLinks(options: GarbageOptions, cutoff: number): Promise<number> {
  const repositories = new Map<string, { store: RegistryStore; repository: RepositoryName }>();
  for (const { store } of options.registries) {
    for (const repository of store.repositories()) {
      repositories.set(store.scope(repository), { store, repository });
    }
  }
  let dropped = await dropOrphans(options.links, repositories, cutoff);
  let round = new Map<string, Set<Digest>>();
  let size = 0;
  for (const [scope, { store, repository }] of repositories) {
    const references = await referencedBlobs(store, repository);
    round.set(scope, references);
    size += references.size;
    if (size < MAX_REFERENCES) continue;
    dropped += await dropRound(options.links, round, cutoff);
    round = new Map();
    size = 0;
  }
  return dropped + (await dropRound(options.links, round, cutoff));
}

type Repositories = ReadonlyMap<string, { store: RegistryStore; repository: RepositoryName }>;

/** Links of repositories that are gone. */
async function dropOrphans(
  links: BlobLinks,
  repositories: Repositories,
  cutoff: number,
): Promise<number> {
  let dropped = 0;
  for await (const { digest, scope, link } of allLinks(links)) {
    if (repositories.has(scope) || links.lastWanted(scope, digest, link) > cutoff) continue;
    if (await links.unlinkUnwanted(scope, digest, cutoff)) dropped++;
  }
  return dropped;
}

async function dropRound(
  links: BlobLinks,
  round: ReadonlyMap<string, ReadonlySet<Digest>>,
  cutoff: number,
): Promise<number> {
  if (round.size === 0) return 0;
  let dropped = 0;
  for await (const { digest, scope, link } of allLinks(links)) {
    const references = round.get(scope);
    if (references === undefined || references.has(digest)) continue;
    if (links.lastWanted(scope, digest, link) > cutoff) continue;
    if (await links.unlinkUnwanted(scope, digest, cutoff)) dropped++;
  }
  return dropped;
}

async function* allLinks(links: BlobLinks) {
  let after: string | undefined;
  for (;;) {
    const page = await links.page(after, PAGE);
    yield* page;
    after = page.at(-1)?.key;
    if (page.length < PAGE) return;
    await new Promise(setImmediate);
  }
}

/** What the repository's manifests need, and those that may be restored. */
async function referencedBlobs(
  store: RegistryStore,
  repository: RepositoryName,
): Promise<Set<Digest>> {
  const references = new Set<Digest>();
  for (const { document } of await store.manifestDocuments(repository)) {
    for (const digest of document.blobs) references.add(digest);
    // An index of layers refers to blobs through its children.
    for (const { digest } of document.manifests) references.add(digest);
  }
  const deleted = await store.metadata.list<DeletedManifestDocument>(COLLECTION.deleted, {
    prefix: manifestKey(store.name, repository, ''),
  });
  for (const { value } of deleted) {
    for (const digest of value.manifest.blobs) references.add(digest);
  }
  return references;
}

async function dropFiles(
  { blobs, links }: GarbageOptions,
  cutoff: number,
): Promise<{ files: number; bytes: number }> {
  let files = 0;
  let bytes = 0;
  for await (const { digest, size, modifiedAt } of blobs.list()) {
    if (modifiedAt.getTime() > cutoff) continue;
    if (!(await links.removeFile(digest))) continue;
    files++;
    bytes += size;
  }
  return { files, bytes };
}
