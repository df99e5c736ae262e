import type { RepositoryName } from '../oci/reference.js';
import { readAttributes } from './attributes.js';
import type { RepositoryDocument } from './documents.js';
import { refuse } from './errors.js';
import { deleteRepository } from './manifest-remover.js';
import { requireName, type RequestContext } from './request-context.js';

interface RepositoryRoute {
  repository: string;
}

/** `GET /acr/v1/<name>`. @throws RegistryError NAME_UNKNOWN */
export function showRepository(context: RequestContext, route: RepositoryRoute): Promise<void> {
  const repository = requireName(route.repository);
  const document = requireRepository(context, repository);
  context.exchange.sendJson(200, describe(context, repository, document));
  return Promise.resolve();
}

/** `PATCH /acr/v1/<name>`: locks and unlocks. */
export async function updateRepository(
  context: RequestContext,
  route: RepositoryRoute,
): Promise<void> {
  const { exchange, store } = context;
  const repository = requireName(route.repository);
  const changes = await readAttributes(exchange);
  const document = await store.exclusively(repository, async () => {
    const known = requireRepository(context, repository);
    const changeableAttributes = { ...known.changeableAttributes, ...changes };
    const after = { ...known, changeableAttributes, lastUpdateTime: store.now() };
    await store.metadata.write([store.repositoryOperation(repository, after)]);
    store.applyRepository(repository, after);
    return after;
  });
  exchange.sendJson(200, describe(context, repository, document));
}

/** `DELETE /acr/v1/<name>`: the repository with everything in it. */
export async function removeRepository(
  context: RequestContext,
  route: RepositoryRoute,
): Promise<void> {
  const repository = requireName(route.repository);
  const keep = context.settings.softDelete?.enabled === true;
  const deletion = await deleteRepository(context.store, repository, { keep });
  await context.announce(
    deletion.manifestsDeleted.map((digest) => ({ action: 'delete', repository, digest })),
  );
  context.exchange.sendJson(202, deletion);
}

/** @throws RegistryError NAME_UNKNOWN */
export function requireRepository(
  { store }: RequestContext,
  repository: RepositoryName,
): RepositoryDocument {
  const document = store.repository(repository);
  if (document === undefined) throw refuse.unknownRepository(repository);
  return document;
}

function describe(
  { settings }: RequestContext,
  repository: RepositoryName,
  document: RepositoryDocument,
) {
  const { createdTime, lastUpdateTime, manifestCount, tagCount, changeableAttributes } = document;
  return {
    registry: settings.loginServer,
    imageName: repository,
    createdTime,
    lastUpdateTime,
    manifestCount,
    tagCount,
    changeableAttributes,
  };
}
