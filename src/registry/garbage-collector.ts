import type { Clock } from '../base/clock.js';
import type { Digest } from '../oci/digest.js';
import { parseRepositoryName, type RepositoryName } from '../oci/reference.js';
import type { BlobStore } from '../storage/blob-store.js';
import type { BlobLinks } from './blob-links.js';
import {
  COLLECTION,
  manifestKey,
  repositoryKey,
  type DeletedManifestDocument,
} from './documents.js';
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
    // Before and after: a repository may go, or come back, while those with deleted manifests are listed.
    const names = [...store.repositories(), ...(await withDeleted(store)), ...store.repositories()];
    for (const repository of names) {
      repositories.set(store.scope(repository), { store, repository });
    }
  }
  let dropped = await dropOrphans(options, repositories, cutoff);
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
  { links, registries }: GarbageOptions,
  repositories: Repositories,
  cutoff: number,
): Promise<number> {
  let dropped = 0;
  for await (const { digest, scope, link } of allLinks(links)) {
    if (repositories.has(scope) || links.lastWanted(scope, digest, link) > cutoff) continue;
    const unlink = (): Promise<boolean> => links.unlinkUnwanted(scope, digest, cutoff);
    const [, registry, name = ''] = /^([^/]+)\/(.+)$/.exec(scope) ?? [];
    const store = registries.find((one) => one.store.name === registry)?.store;
    const repository = parseRepositoryName(name);
    // A first push that is being written has its repository's turn, and makes the repository one.
    const done = await (store && repository
      ? store.exclusively(repository, () =>
          store.repository(repository) ? Promise.resolve(false) : unlink(),
        )
      : unlink());
    if (done) dropped++;
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

/** Repositories with something to restore; one whose every manifest was deleted is no longer listed itself. */
async function withDeleted(store: RegistryStore): Promise<Set<RepositoryName>> {
  const prefix = repositoryKey(store.name, '');
  const entries = await store.metadata.list(COLLECTION.deleted, { prefix });
  const names = entries.map(({ key }) =>
    parseRepositoryName(key.slice(prefix.length, key.indexOf('@'))),
  );
  return new Set(names.filter((name) => name !== undefined));
}

/**
 * What the repository's manifests need, and those that may be restored. In the repository's turn: between
 * two looks a manifest could otherwise go from one to the other, and be in neither.
 */
function referencedBlobs(store: RegistryStore, repository: RepositoryName): Promise<Set<Digest>> {
  return store.exclusively(repository, async () => {
    const present = await store.manifestDocuments(repository);
    const deleted = await store.metadata.list<DeletedManifestDocument>(COLLECTION.deleted, {
      prefix: manifestKey(store.name, repository, ''),
    });
    const references = new Set<Digest>();
    for (const { blobs, foreignBlobs = [], manifests } of [
      ...present.map(({ document }) => document),
      ...deleted.map(({ value }) => value.manifest),
    ]) {
      for (const digest of [...blobs, ...foreignBlobs]) references.add(digest);
      // An index of layers refers to blobs through its children.
      for (const { digest } of manifests) references.add(digest);
    }
    return references;
  });
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
