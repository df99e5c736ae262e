import type { Digest } from '../oci/digest.js';
import type { RepositoryName } from '../oci/reference.js';
import { pageItems } from './acr-paging.js';
import {
  COLLECTION,
  manifestKey,
  repositoryKey,
  type DeletedManifestDocument,
} from './documents.js';
import { refuse } from './errors.js';
import { restoreManifest } from './manifest-restorer.js';
import { requireDigest, requireName, type RequestContext } from './request-context.js';

/** `GET /acr/v1/_deleted/_catalog`: the repositories that something can be restored in. */
export async function listDeletedRepositories({ exchange, store }: RequestContext): Promise<void> {
  const prefix = repositoryKey(store.name, '');
  const entries = await store.metadata.list<DeletedManifestDocument>(COLLECTION.deleted, {
    prefix,
  });
  const latest = new Map<string, string>();
  for (const { key, value } of entries) {
    const name = key.slice(prefix.length, key.lastIndexOf('@'));
    if ((latest.get(name) ?? '') < value.deletedAt) latest.set(name, value.deletedAt);
  }
  const repositories = [...latest].map(([name, lastUpdateTime]) => ({ name, lastUpdateTime }));
  const { items, link } = pageItems(
    exchange,
    repositories.sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
  exchange.sendJson(200, { repositories: items.map(({ name }) => name) }, link);
}

/** `GET /acr/v1/_deleted/<name>/_manifests`: what can still be restored. */
export async function listDeletedManifests(
  context: RequestContext,
  route: { repository: string },
): Promise<void> {
  const repository = requireName(route.repository);
  const deleted = await deletedManifests(context, repository);
  const { items, link } = pageItems(context.exchange, deleted);
  const manifests = items.map(({ digest, document: { deletedAt, manifest, tags } }) => ({
    digest,
    tags,
    deletedAt,
    mediaType: manifest.mediaType,
    imageSize: manifest.imageSize,
    createdTime: manifest.createdTime,
    lastUpdateTime: manifest.lastUpdateTime,
  }));
  context.exchange.sendJson(200, { ...head(context, repository), manifests }, link);
}

/** `GET /acr/v1/_deleted/<name>/_tags`: the tags that went with them. */
export async function listDeletedTags(
  context: RequestContext,
  route: { repository: string },
): Promise<void> {
  const repository = requireName(route.repository);
  const deleted = await deletedManifests(context, repository);
  const tags = deleted
    .flatMap(({ digest, document: { tags: names, deletedAt } }) =>
      names.map((name) => ({ name, digest, deletedAt, lastUpdateTime: deletedAt })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, link } = pageItems(context.exchange, tags);
  const rows = items.map(({ name, digest, deletedAt }) => ({ tag: name, digest, deletedAt }));
  context.exchange.sendJson(200, { ...head(context, repository), tags: rows }, link);
}

/**
 * `POST /acr/v1/_deleted/<name>/_manifests/<digest>[?tag=…][&force=true]`: brings a manifest back, with
 * its tags or the one given. A tag that points elsewhere by now is moved only by force.
 *
 * @throws RegistryError MANIFEST_UNKNOWN, CONFLICT
 */
export async function restoreDeleted(
  context: RequestContext,
  route: { repository: string; digest: string },
): Promise<void> {
  const { exchange, store } = context;
  const repository = requireName(route.repository);
  const digest = requireDigest(route.digest);
  const tag = exchange.query.get('tag');
  const force = (exchange.query.get('force') ?? '').toLowerCase() === 'true';
  const key = manifestKey(store.name, repository, digest);
  const deleted = await store.metadata.get<DeletedManifestDocument>(COLLECTION.deleted, key);
  if (deleted === undefined) throw refuse.unknownRevision(repository, digest);
  const tags = await restoreManifest(store, repository, digest, { ...(tag && { tag }), force });
  exchange.sendJson(200, { ...head(context, repository), digest, tags });
}

async function deletedManifests(
  { store }: RequestContext,
  repository: RepositoryName,
): Promise<
  { name: string; lastUpdateTime: string; digest: Digest; document: DeletedManifestDocument }[]
> {
  const prefix = manifestKey(store.name, repository, '');
  const entries = await store.metadata.list<DeletedManifestDocument>(COLLECTION.deleted, {
    prefix,
  });
  return entries.map(({ key, value }) => {
    const digest = requireDigest(key.slice(prefix.length));
    return { name: digest, lastUpdateTime: value.deletedAt, digest, document: value };
  });
}

function head({ settings }: RequestContext, repository: RepositoryName) {
  return { registry: settings.loginServer, imageName: repository };
}
