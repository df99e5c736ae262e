import type { Exchange } from './exchange.js';
import type { NameIndex } from './tag-index.js';
import { nextLink, parsePage } from './paging.js';
import { refuse } from './errors.js';
import { requireName, type RequestContext } from './request-context.js';

/**
 * `GET /v2/_catalog` and `/acr/v1/_catalog`.
 *
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/api.md#listing-repositories
 */
export function getCatalog({ exchange, store }: RequestContext): Promise<void> {
  sendNames(exchange, store.catalog);
  return Promise.resolve();
}

/**
 * `GET /v2/<name>/tags/list`.
 *
 * @throws RegistryError NAME_UNKNOWN, PAGINATION_NUMBER_INVALID
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags
 */
export async function getTags(
  { exchange, store }: RequestContext,
  route: { repository: string },
): Promise<void> {
  const repository = requireName(route.repository);
  if (store.repository(repository) === undefined) throw refuse.unknownRepository(repository);
  sendNames(exchange, await store.tagIndex(repository));
}

function sendNames(exchange: Exchange, index: NameIndex): void {
  const { last, limit } = parsePage(exchange);
  if (last === undefined && limit === undefined) {
    exchange.sendJsonText(200, index.whole());
    return;
  }
  const size = limit ?? index.names.length;
  const page = index.page(last, size);
  const end = page.items.at(-1);
  const link = page.more && end !== undefined ? nextLink(exchange.path, end, size) : [];
  exchange.sendJsonText(200, index.json(page.items), link);
}
