import type { Digest } from '../oci/digest.js';
import type { RepositoryName } from '../oci/reference.js';
import { pageItems } from './acr-paging.js';
import { requireRepository } from './acr-repositories.js';
import { readAttributes } from './attributes.js';
import { COLLECTION, manifestKey, type ManifestDocument } from './documents.js';
import { refuse } from './errors.js';
import { deleteManifest } from './manifest-remover.js';
import { requireDigest, requireName, type RequestContext } from './request-context.js';

interface ManifestRoute {
  repository: string;
  digest: string;
}

/** `GET /acr/v1/<name>/_manifests[?n=&last=&orderby=]`. @throws RegistryError NAME_UNKNOWN */
export async function listManifests(
  context: RequestContext,
  route: { repository: string },
): Promise<void> {
  const { exchange, store, settings } = context;
  const repository = requireName(route.repository);
  requireRepository(context, repository);
  const all = await store.manifestDocuments(repository);
  const listed = all
    .filter(({ document }) => document.changeableAttributes.listEnabled)
    .map(({ digest, document }) => {
      const { lastUpdateTime } = document;
      return { name: digest, lastUpdateTime, digest, document };
    });
  const { items, link } = pageItems(exchange, listed);
  const index = await store.tagIndex(repository);
  const manifests = items.map(({ digest, document }) =>
    describe(digest, document, index.tagsOf(digest)),
  );
  const head = { registry: settings.loginServer, imageName: repository };
  exchange.sendJson(200, { ...head, manifests }, link);
}

/** `GET /acr/v1/<name>/_manifests/<digest>`. @throws RegistryError MANIFEST_UNKNOWN */
export async function showManifest(context: RequestContext, route: ManifestRoute): Promise<void> {
  const repository = requireName(route.repository);
  const digest = requireDigest(route.digest);
  requireRepository(context, repository);
  await send(context, repository, digest, await requireManifest(context, repository, digest));
}

/** `PATCH /acr/v1/<name>/_manifests/<digest>`: locks and unlocks. */
export async function updateManifest(context: RequestContext, route: ManifestRoute): Promise<void> {
  const { exchange, store } = context;
  const repository = requireName(route.repository);
  const digest = requireDigest(route.digest);
  const changes = await readAttributes(exchange);
  const document = await store.exclusively(repository, async () => {
    requireRepository(context, repository);
    const known = await requireManifest(context, repository, digest);
    const changeableAttributes = { ...known.changeableAttributes, ...changes };
    const after = { ...known, changeableAttributes, lastUpdateTime: store.now() };
    const key = manifestKey(store.name, repository, digest);
    await store.metadata.put(COLLECTION.manifests, key, after);
    store.applyManifest(repository, digest, undefined);
    return after;
  });
  await send(context, repository, digest, document);
}

/** `DELETE /acr/v1/<name>/_manifests/<digest>`, as `DELETE /v2/<name>/manifests/<digest>`. */
export async function removeAcrManifest(
  context: RequestContext,
  route: ManifestRoute,
): Promise<void> {
  const repository = requireName(route.repository);
  const digest = requireDigest(route.digest);
  const keep = context.settings.softDelete?.enabled === true;
  await deleteManifest(context.store, repository, digest, { keep });
  await context.announce([{ action: 'delete', repository, digest }]);
  context.exchange.sendEmpty(202);
}

async function requireManifest(
  { store }: RequestContext,
  repository: RepositoryName,
  digest: Digest,
): Promise<ManifestDocument> {
  const document = await store.manifestDocument(repository, digest);
  if (document === undefined) throw refuse.unknownRevision(repository, digest);
  return document;
}

async function send(
  { exchange, settings, store }: RequestContext,
  repository: RepositoryName,
  digest: Digest,
  document: ManifestDocument,
): Promise<void> {
  const index = await store.tagIndex(repository);
  const manifest = describe(digest, document, index.tagsOf(digest));
  const references = document.manifests.length > 0 ? { references: document.manifests } : {};
  const head = { registry: settings.loginServer, imageName: repository };
  exchange.sendJson(200, { ...head, manifest: { ...manifest, ...references } });
}

function describe(digest: Digest, document: ManifestDocument, tags: readonly string[]) {
  const { imageSize, createdTime, lastUpdateTime, mediaType, changeableAttributes } = document;
  const { architecture, os, configMediaType, artifactType } = document;
  return {
    digest,
    imageSize,
    createdTime,
    lastUpdateTime,
    ...(architecture !== undefined && { architecture }),
    ...(os !== undefined && { os }),
    mediaType,
    ...(configMediaType !== undefined && { configMediaType }),
    ...(artifactType !== undefined && artifactType !== configMediaType && { artifactType }),
    ...(tags.length > 0 && { tags }),
    changeableAttributes,
  };
}
