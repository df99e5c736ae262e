import type { RepositoryName } from '../oci/reference.js';
import { pageItems } from './acr-paging.js';
import { requireRepository } from './acr-repositories.js';
import { readAttributes } from './attributes.js';
import { COLLECTION, tagKey, type TagDocument } from './documents.js';
import { RegistryError } from './errors.js';
import { deleteTag } from './manifest-remover.js';
import { requireName, type RequestContext } from './request-context.js';

/** `GET /acr/v1/<name>/_tags[?n=&last=&orderby=&digest=]`. @throws RegistryError NAME_UNKNOWN */
export async function listTags(
  context: RequestContext,
  route: { repository: string },
): Promise<void> {
  const { exchange, store, settings } = context;
  const repository = requireName(route.repository);
  requireRepository(context, repository);
  const index = await store.tagIndex(repository);
  const digest = exchange.query.get('digest');
  const names = digest === null ? index.names : index.tagsOf(digest);
  const tags = names.flatMap((name) => {
    const document = index.get(name);
    return document?.changeableAttributes.listEnabled ? [describe(name, document)] : [];
  });
  const { items, link } = pageItems(exchange, tags);
  const head = { registry: settings.loginServer, imageName: repository };
  exchange.sendJson(200, { ...head, tags: items }, link);
}

/** `GET /acr/v1/<name>/_tags/<tag>`. @throws RegistryError TAG_UNKNOWN */
export async function showTag(
  context: RequestContext,
  route: { repository: string; tag: string },
): Promise<void> {
  const repository = requireName(route.repository);
  requireRepository(context, repository);
  send(context, repository, route.tag, await requireTag(context, repository, route.tag));
}

/** `PATCH /acr/v1/<name>/_tags/<tag>`: locks and unlocks. */
export async function updateTag(
  context: RequestContext,
  route: { repository: string; tag: string },
): Promise<void> {
  const { exchange, store } = context;
  const repository = requireName(route.repository);
  const changes = await readAttributes(exchange);
  const document = await store.exclusively(repository, async () => {
    requireRepository(context, repository);
    const known = await requireTag(context, repository, route.tag);
    const changeableAttributes = { ...known.changeableAttributes, ...changes };
    const after = { ...known, changeableAttributes, lastUpdateTime: store.now() };
    await store.metadata.put(COLLECTION.tags, tagKey(store.name, repository, route.tag), after);
    store.applyTag(repository, route.tag, after);
    return after;
  });
  send(context, repository, route.tag, document);
}

/** `DELETE /acr/v1/<name>/_tags/<tag>`: the tag alone. */
export async function untag(
  context: RequestContext,
  route: { repository: string; tag: string },
): Promise<void> {
  const repository = requireName(route.repository);
  requireRepository(context, repository);
  await requireTag(context, repository, route.tag);
  const digest = await deleteTag(context.store, repository, route.tag);
  await context.announce([{ action: 'delete', repository, digest, tag: route.tag }]);
  context.exchange.sendEmpty(202);
}

async function requireTag(
  { store }: RequestContext,
  repository: RepositoryName,
  tag: string,
): Promise<TagDocument> {
  const document = await store.tag(repository, tag);
  if (document === undefined) {
    throw new RegistryError('TAG_UNKNOWN', { detail: { name: repository, tag } });
  }
  return document;
}

function send(
  { exchange, settings }: RequestContext,
  repository: RepositoryName,
  name: string,
  document: TagDocument,
): void {
  const head = { registry: settings.loginServer, imageName: repository };
  exchange.sendJson(200, { ...head, tag: describe(name, document) });
}

function describe(name: string, document: TagDocument) {
  const { digest, createdTime, lastUpdateTime, changeableAttributes } = document;
  return { name, digest, createdTime, lastUpdateTime, signed: false, changeableAttributes };
}
