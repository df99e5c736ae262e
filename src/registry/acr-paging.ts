import { RegistryError } from './errors.js';
import type { Exchange } from './exchange.js';
import { nextLink, parsePage } from './paging.js';

/** ACR's, when the client does not say. */
const DEFAULT_LIMIT = 100;

type Order = 'none' | 'timeasc' | 'timedesc';

interface Item {
  name: string;
  lastUpdateTime: string;
}

interface ItemPage<T> {
  items: T[];
  /** The `Link` header, or nothing. */
  link: readonly string[];
}

/**
 * A page of things with names and times, by name or, with `orderby`, by time.
 *
 * @param items ascending by name
 * @throws RegistryError BAD_REQUEST for an unknown order, PAGINATION_NUMBER_INVALID
 */
export function pageItems<T extends Item>(exchange: Exchange, items: readonly T[]): ItemPage<T> {
  const { last, limit = DEFAULT_LIMIT } = parsePage(exchange);
  const order = parseOrder(exchange.query.get('orderby'));
  const sorted = order === 'none' ? items : [...items].sort(byTime(order));
  const from = last === undefined ? 0 : startAfter(sorted, last, order);
  const page = sorted.slice(from, from + limit);
  const end = page.at(-1);
  const more = end !== undefined && from + limit < sorted.length;
  const extra: Record<string, string> = order === 'none' ? {} : { orderby: order };
  return { items: page, link: more ? nextLink(exchange.path, end.name, limit, extra) : [] };
}

function parseOrder(text: string | null): Order {
  const order = (text ?? '').toLowerCase();
  if (order === '' || order === 'none') return 'none';
  if (order === 'timeasc' || order === 'timedesc') return order;
  throw new RegistryError('BAD_REQUEST', { message: `"${order}" is no order of a list` });
}

function byTime(order: Order): (a: Item, b: Item) => number {
  const sign = order === 'timeasc' ? 1 : -1;
  return (a, b) => sign * compare(a.lastUpdateTime, b.lastUpdateTime) || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function startAfter(items: readonly Item[], last: string, order: Order): number {
  const at = items.findIndex(({ name }) => (order === 'none' ? name > last : name === last));
  if (at < 0) return order === 'none' ? items.length : 0;
  return order === 'none' ? at : at + 1;
}
