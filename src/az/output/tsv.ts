import type { Json } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { compareText, pythonText } from './json.js';

/**
 * Tab-separated values: one line an item, no header. Lists inside a row become their length, objects nothing.
 *
 * @param isOrdered says of an object whether its keys are in the order the query asked for; others are sorted
 */
export function formatTsv(result: Json, isOrdered: (item: object) => boolean): string {
  const rows = Array.isArray(result) ? result : [result];
  return rows.map((row) => formatRow(row, isOrdered) + '\n').join('');
}

function formatRow(row: Json, isOrdered: (item: object) => boolean): string {
  if (Array.isArray(row)) return row.map(formatCell).join('\t');
  if (isJsonObject(row)) {
    const entries = Object.entries(row);
    if (!isOrdered(row)) entries.sort(([a], [b]) => compareText(a, b));
    return entries.map(([, value]) => formatCell(value)).join('\t');
  }
  return typeof row === 'boolean' ? String(row) : formatCell(row);
}

function formatCell(value: Json): string {
  if (Array.isArray(value)) return String(value.length);
  return isJsonObject(value) ? '' : pythonText(value);
}
