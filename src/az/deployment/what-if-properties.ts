import type { Json, JsonObject } from '../../base/json.js';
import { objectsAt, textAt } from '../json-path.js';
import type { Colour, ColouredText } from './coloured-text.js';
import { isFullList, isFullObject, isLeaf, writeValue } from './what-if-values.js';

interface PropertyKind {
  symbol: string;
  colour: Colour;
  weight: number;
  /** Which side says how wide the path's column is. */
  shows: 'before' | 'after' | 'children';
}

const KINDS: Readonly<Record<string, PropertyKind>> = {
  Delete: { symbol: '-', colour: 'orange', weight: 0, shows: 'before' },
  Create: { symbol: '+', colour: 'green', weight: 1, shows: 'after' },
  Modify: { symbol: '~', colour: 'purple', weight: 2, shows: 'before' },
  Array: { symbol: '~', colour: 'purple', weight: 2, shows: 'children' },
  NoEffect: { symbol: 'x', colour: 'grey', weight: 3, shows: 'after' },
};
const OTHER: PropertyKind = { symbol: '?', colour: 'plain', weight: 4, shows: 'after' };

/** Writes the property changes of a resource, the deletions first. */
export function writePropertyChanges(
  out: ColouredText,
  changes: readonly JsonObject[],
  level: number,
): void {
  const sorted = [...changes].sort(
    (one, other) =>
      kindOf(one).weight - kindOf(other).weight || (pathOf(one) < pathOf(other) ? -1 : 1),
  );
  writeInOrder(out, sorted, level);
}

function writeInOrder(out: ColouredText, changes: readonly JsonObject[], level: number): void {
  const widths = changes.filter(hasColumn).map((change) => pathOf(change).length);
  const width = Math.max(0, ...widths);
  for (const change of changes) {
    writePath(out, change, width, level);
    writeSides(out, change, level + 1);
    out.line();
  }
}

function kindOf(change: JsonObject): PropertyKind {
  return KINDS[typeOf(change)] ?? OTHER;
}

function typeOf(change: JsonObject): string {
  return textAt(change, 'propertyChangeType') ?? '';
}

function pathOf(change: JsonObject): string {
  return textAt(change, 'path') ?? '';
}

function side(change: JsonObject, name: 'before' | 'after' | 'children'): Json {
  return change[name] ?? null;
}

function hasColumn(change: JsonObject): boolean {
  const { shows } = kindOf(change);
  if (typeOf(change) === 'NoEffect' || shows === 'children')
    return objectsAt(change, 'children').length === 0;
  return isLeaf(side(change, shows));
}

function writePath(out: ColouredText, change: JsonObject, width: number, level: number): void {
  const path = pathOf(change);
  if (path === '') return;
  const { symbol, colour, shows } = kindOf(change);
  const shown = side(change, shows);
  const hasInner = typeOf(change) === 'Modify' && objectsAt(change, 'children').length > 0;
  let padding = width - path.length + 1;
  if (isFullList(shown)) padding = 1;
  if (isFullObject(shown) || hasInner) padding = 0;
  out.indent(level).add(symbol, colour).add(` ${path}`).add(':', 'plain');
  out.add(' '.repeat(Math.max(0, padding)));
}

function writeSides(out: ColouredText, change: JsonObject, level: number): void {
  const { colour, shows } = kindOf(change);
  const children = objectsAt(change, 'children');
  if (typeOf(change) === 'Array') {
    writeList(out, children, pathOf(change) === '' ? level - 1 : level, pathOf(change) === '');
  } else if (typeOf(change) !== 'Modify') {
    out.within(colour, () => {
      writeValue(out, side(change, shows), level);
    });
  } else if (children.length > 0) {
    out.line().line();
    writePropertyChanges(out, children, level);
  } else {
    writeModification(out, side(change, 'before'), side(change, 'after'), level);
  }
}

function writeModification(out: ColouredText, before: Json, after: Json, level: number): void {
  out.within('orange', () => {
    writeValue(out, before, level);
  });
  if (isFullObject(before)) out.line().indent(level);
  else out.add(' ');
  out.add('=>');
  if (!isFullObject(after)) out.add(' ');
  out.within('green', () => {
    writeValue(out, after, level);
  });
  if (!isLeaf(before) && isLeaf(after)) out.line();
}

function writeList(
  out: ColouredText,
  changes: readonly JsonObject[],
  level: number,
  isNested: boolean,
): void {
  if (isNested) out.indent(level);
  if (changes.length === 0) {
    out.line('[]');
    return;
  }
  out.line('[');
  const sorted = [...changes].sort(
    (one, other) =>
      Number(pathOf(one)) - Number(pathOf(other)) || kindOf(one).weight - kindOf(other).weight,
  );
  writeInOrder(out, sorted, level);
  out.indent(level).add(']');
}
