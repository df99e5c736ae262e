import type { Json } from '../base/json.js';
import type { ArmCall, ArmReply } from './arm-call.js';
import { ArmError } from './errors.js';

/** As many as Azure puts on a page of resources. */
const PAGE_SIZE = 1_000;

/** Where a page ended. */
interface Position {
  /** Entries on the pages so far. */
  index: number;
  /** Id of the last one. */
  id: string;
}

/**
 * A page of a list: `$top` entries, at most a thousand, and a `nextLink` while there are more. The link says
 * after which entry it goes on, so that what is made or deleted between two pages shifts nothing.
 *
 * @throws ArmError InvalidTopInQueryString, InvalidSkipTokenInQueryString (400)
 * @see https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#collections
 */
export function pageOf(items: readonly Json[], call: ArmCall): ArmReply {
  const query = call.url.searchParams;
  const size = readTop(query.get('$top'));
  const start = startOf(items, readPosition(query.get('$skiptoken')));
  const value = items.slice(start, start + size);
  const index = start + value.length;
  if (index >= items.length) return { status: 200, body: { value } };
  const next = new URL(`${call.context.baseUrl}${call.url.pathname}${call.url.search}`);
  next.searchParams.set('$skiptoken', writePosition({ index, id: idOf(value.at(-1)) }));
  return { status: 200, body: { value, nextLink: next.href } };
}

function startOf(items: readonly Json[], after: Position | undefined): number {
  if (after === undefined) return 0;
  const found = items.findIndex((item) => idOf(item) === after.id);
  // The last entry is gone: what followed it has moved up to its place.
  return found < 0 ? Math.max(after.index - 1, 0) : found + 1;
}

function readTop(text: string | null): number {
  if (text === null) return PAGE_SIZE;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid('Top', text);
  return Math.min(Number(text), PAGE_SIZE);
}

function writePosition({ index, id }: Position): string {
  return Buffer.from(`${index} ${id}`).toString('base64url');
}

function readPosition(token: string | null): Position | undefined {
  if (token === null) return undefined;
  const [, index, id] = /^(\d{1,9}) (.+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (index === undefined || id === undefined) throw invalid('SkipToken', token);
  return { index: Number(index), id };
}

function idOf(item: Json | undefined): string {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return '';
  return typeof item['id'] === 'string' ? item['id'] : '';
}

function invalid(parameter: 'Top' | 'SkipToken', value: string): ArmError {
  return new ArmError({
    status: 400,
    code: `Invalid${parameter}InQueryString`,
    message: `Invalid $${parameter.toLowerCase()} '${value}' specified in the query string.`,
  });
}
