import type { Json } from '../base/json.js';
import { isJsonObject } from '../base/json.js';

/** A place where two JSON values differ. */
export interface Difference {
  /** e.g. `'containers[0].env[EXIT_CODE].value'` */
  path: string;
  /** Undefined where it is not there. */
  before: Json | undefined;
  after: Json | undefined;
}

/** Items of these lists are known by name, wherever they stand. */
const NAMED = 'name';

/** Every place where two values differ, in the order of the first; null and absence are the same. */
export function differences(
  before: Json | undefined,
  after: Json | undefined,
  path = '',
): Difference[] {
  const [left, right] = [childrenOf(before), childrenOf(after)];
  if (!left || !right) {
    return same(before, after)
      ? []
      : [{ path, before: before ?? undefined, after: after ?? undefined }];
  }
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((name) =>
    differences(
      left.get(name),
      right.get(name),
      path === '' ? name.replace(/^\./, '') : `${path}${name}`,
    ),
  );
}

/** `'3'`, `'(not set)'`: one line. */
export function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return '(not set)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The parts of an object or list by the way to them; undefined of a scalar, and of what is not there. */
function childrenOf(value: Json | undefined): Map<string, Json> | undefined {
  if (Array.isArray(value)) {
    return new Map(value.map((item, index) => [`[${nameOf(item) ?? index}]`, item]));
  }
  if (!isJsonObject(value)) return undefined;
  return new Map(Object.entries(value).map(([name, item]) => [`.${name}`, item]));
}

function nameOf(item: Json): string | undefined {
  const name = isJsonObject(item) ? item[NAMED] : undefined;
  return typeof name === 'string' ? name : undefined;
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
