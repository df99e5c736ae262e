import type { Json, JsonObject } from '../base/json.js';
import { isJsonObject } from '../base/json.js';

/**
 * The fields of a model of the stock client's library. Commands over that library print every field the
 * model has, null when the server left it out.
 *
 * - `'any'`: passed through;
 * - `'time'`: rewritten as the library prints times, `'2026-06-23T12:22:11.177411+00:00'`;
 * - an object: a nested model; `{ '*': shape }`: a map to one; `[shape]`: a list of one.
 */
export type Shape = 'any' | 'time' | { readonly [field: string]: Shape } | readonly [Shape];

/** Who made a resource and when; every model has it. */
export const SYSTEM_DATA: Shape = {
  createdBy: 'any',
  createdByType: 'any',
  createdAt: 'time',
  lastModifiedBy: 'any',
  lastModifiedByType: 'any',
  lastModifiedAt: 'time',
};

/**
 * Fills in what the server left out.
 *
 * @param options.keepUnknown whether fields that the model does not have survive (true in older libraries)
 */
export function fillShape(value: Json, shape: Shape, options: { keepUnknown: boolean }): Json {
  if (value === null || shape === 'any') return value;
  if (shape === 'time') return typeof value === 'string' ? libraryTime(value) : value;
  if (isListShape(shape)) {
    return Array.isArray(value) ? value.map((item) => fillShape(item, shape[0], options)) : value;
  }
  if (!isJsonObject(value)) return value;
  const each = shape['*'];
  if (each !== undefined) {
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [key, fillShape(item, each, options)]));
  }
  const filled: JsonObject = {};
  for (const [field, inner] of Object.entries(shape)) {
    filled[field] = fillShape(value[field] ?? null, inner, options);
  }
  if (options.keepUnknown) {
    for (const [field, item] of Object.entries(value)) if (!(field in filled)) filled[field] = item;
  }
  return filled;
}

/** `'…:11.1774117Z'` → `'…:11.177411+00:00'`: microseconds, dropped when zero, and a numeric offset. */
export function libraryTime(text: string): string {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00:00)$/.exec(text);
  if (!match) return text;
  const fraction = (match[2] ?? '').slice(0, 6).padEnd(6, '0');
  return `${match[1] ?? ''}${fraction === '000000' ? '' : `.${fraction}`}+00:00`;
}

function isListShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
