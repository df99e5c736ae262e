import { RegistryError } from './errors.js';
import type { Exchange } from './exchange.js';

/** More than this is never sent at once, whatever is asked for. */
const MAX_PAGE = 1_000_000;

export interface PageRequest {
  /** Only what comes after this. */
  last?: string;
  /** Undefined when the client did not say. */
  limit?: number;
}

/** @throws RegistryError PAGINATION_NUMBER_INVALID when `n` is no number */
export function parsePage(exchange: Exchange): PageRequest {
  const n = exchange.query.get('n');
  const last = exchange.query.get('last');
  if (n !== null && !/^\d{1,15}$/.test(n)) {
    throw new RegistryError('PAGINATION_NUMBER_INVALID', { detail: { n } });
  }
  return {
    ...(last !== null && { last }),
    ...(n !== null && { limit: Math.min(Number(n), MAX_PAGE) }),
  };
}

/** The `Link` header to the next page, in the one order of parameters that clients expect. */
export function nextLink(
  path: string,
  last: string,
  limit: number,
  more: Readonly<Record<string, string>> = {},
): [string, string] {
  const query = new URLSearchParams({ last, n: String(limit), ...more });
  return ['Link', `<${path}?${query.toString()}>; rel="next"`];
}
