import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import type { ColouredText } from './coloured-text.js';

/** Whether a value stands on one line: a scalar, an empty list, an empty object. */
export function isLeaf(value: Json): boolean {
  return !isFullList(value) && !isFullObject(value);
}

export function isFullList(value: Json): value is Json[] {
  return Array.isArray(value) && value.length > 0;
}

export function isFullObject(value: Json): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).length > 0;
}

/** Writes a value as what-if results show it: objects by dotted path, lists by index, the values in a column. */
export function writeValue(out: ColouredText, value: Json, level: number): void {
  writeMember(out, '', value, { width: 0, level });
}

interface Column {
  /** Of the longest path, so that the values stand below each other. */
  width: number;
  level: number;
}

function writeMember(out: ColouredText, path: string, value: Json, column: Column): void {
  const { width, level } = column;
  if (isFullList(value)) {
    writePath(out, path, 1, level);
    writeList(out, value, level);
  } else if (isFullObject(value)) {
    if (path === '') writeObject(out, value, level);
    else writeMembers(out, value, path, column);
  } else {
    writePath(out, path, width - path.length + 1, level);
    out.add(leafText(value));
  }
}

/** An object that starts lines of its own. */
function writeObject(out: ColouredText, value: JsonObject, level: number): void {
  out.line().line();
  writeMembers(out, value, '', { width: pathWidth(value), level: level + 1 });
}

function writeMembers(out: ColouredText, value: JsonObject, path: string, column: Column): void {
  for (const [name, member] of Object.entries(value)) {
    writeMember(out, path === '' ? name : `${path}.${name}`, member, column);
    if (!isFullObject(member)) out.line();
  }
}

function writeList(out: ColouredText, items: readonly Json[], level: number): void {
  out.line('[', 'plain');
  const width = String(Math.max(0, items.findLastIndex(isLeaf))).length;
  for (const [index, item] of items.entries()) {
    if (isFullObject(item)) {
      writePath(out, String(index), 0, level + 1);
      writeObject(out, item, level + 1);
    } else {
      writeMember(out, String(index), item, { width, level: level + 1 });
    }
    out.line();
  }
  out.indent(level).add(']', 'plain');
}

function writePath(out: ColouredText, path: string, padding: number, level: number): void {
  if (path === '') return;
  out
    .indent(level)
    .add(path)
    .add(':', 'plain')
    .add(' '.repeat(Math.max(0, padding)));
}

function leafText(value: Json): string {
  if (typeof value === 'string') return `"${value}"`;
  if (Array.isArray(value)) return '[]';
  return isJsonObject(value) ? '{}' : String(value);
}

/** Of the longest path to a leaf; lists have no column. */
function pathWidth(value: JsonObject): number {
  const widths = Object.entries(value).map(([name, member]) => {
    if (isFullList(member)) return 0;
    return name.length + (isFullObject(member) ? 1 + pathWidth(member) : 0);
  });
  return Math.max(0, ...widths);
}
