import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { compareText, pythonText } from './json.js';

const HIDDEN = new Set(['id', 'type', 'etag']);
/** tabulate leaves at least this much beside a header, so a column is never narrower than header + 2. */
const MINIMUM_PADDING = 2;

/**
 * A table in tabulate's "simple" style, as the stock client prints it.
 *
 * @param sortColumns true when the result is the server's document as it came: columns are then sorted by name
 */
export function formatTable(result: Json, sortColumns: boolean): string {
  const items = Array.isArray(result) ? result : [result];
  const rows = items.map((item) => toRow(item, sortColumns));
  if (rows.length === 0) return '\n';
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  if (columns.length === 0) return '\n';
  const cells = rows.map((row) => columns.map((column) => row.get(column) ?? ''));
  return render(columns, cells);
}

function toRow(item: Json, sortColumns: boolean): Map<string, string> {
  if (Array.isArray(item)) {
    return new Map(item.map((value, index) => [`Column${index + 1}`, cellText(value)]));
  }
  if (!isJsonObject(item)) return new Map([['Result', cellText(item)]]);
  return new Map(
    keysOf(item, sortColumns)
      .filter((key) => !HIDDEN.has(key) && isScalar(item[key] ?? null))
      .map((key) => [capitalise(key), cellText(item[key] ?? null)]),
  );
}

function keysOf(item: JsonObject, sorted: boolean): string[] {
  return sorted ? Object.keys(item).sort(compareText) : Object.keys(item);
}

function isScalar(value: Json): boolean {
  return value !== null && typeof value !== 'object';
}

function cellText(value: Json): string {
  return value === null ? '' : pythonText(value);
}

function capitalise(key: string): string {
  return key.slice(0, 1).toUpperCase() + key.slice(1);
}

function render(columns: string[], cells: string[][]): string {
  const lines = cells.map((row) => row.map((cell) => cell.split('\n')));
  const widths = columns.map((column, index) =>
    Math.max(
      width(column) + MINIMUM_PADDING,
      ...lines.map((row) => Math.max(...(row[index] ?? ['']).map(width))),
    ),
  );
  const line = (values: string[]): string =>
    values
      .map((value, index) => value + ' '.repeat(Math.max(0, (widths[index] ?? 0) - width(value))))
      .join('  ')
      .trimEnd();
  const body = lines.flatMap((row) => {
    const height = Math.max(...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, number) =>
      line(row.map((cell) => cell[number] ?? '')),
    );
  });
  const rule = widths.map((size) => '-'.repeat(size)).join('  ');
  return [line(columns), rule, ...body].join('\n') + '\n';
}

function width(text: string): number {
  return Array.from(text).length;
}
