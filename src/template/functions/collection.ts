import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import type { FunctionCall } from '../evaluation-context.js';
import {
  arrayAt,
  deepEquals,
  findKey,
  fixed,
  functionError,
  jsonTypeName,
  numberAt,
  objectAt,
  ranged,
  stringAt,
  textOf,
  type FunctionDefinition,
} from './definition.js';

/** `range()` refuses more, as Azure does. */
const MAX_RANGE = 10_000;

/** Functions on arrays and objects, and those that take an array or a string alike. */
export const COLLECTION_FUNCTIONS: Record<string, FunctionDefinition> = {
  array: fixed(1, (args) => (Array.isArray(args[0]) ? args[0] : [args[0] ?? null])),
  createarray: ranged(0, Infinity, (args) => [...args]),
  createobject: ranged(0, Infinity, createObject),
  concat: ranged(0, Infinity, (args) =>
    args.some((arg) => Array.isArray(arg)) ? args.flat() : args.map(textOf).join(''),
  ),
  contains: fixed(2, contains),
  empty: fixed(1, (args, call) => args[0] === null || sizeOf(args, call) === 0),
  length: fixed(1, sizeOf),
  first: fixed(1, (args, call) =>
    typeof args[0] === 'string' ? args[0].slice(0, 1) : (arrayAt(args, 0, call)[0] ?? null),
  ),
  last: fixed(1, (args, call) =>
    typeof args[0] === 'string' ? args[0].slice(-1) : (arrayAt(args, 0, call).at(-1) ?? null),
  ),
  skip: fixed(2, (args, call) =>
    sliced(args, call, Math.max(0, numberAt(args, 1, call)), undefined),
  ),
  take: fixed(2, (args, call) => sliced(args, call, 0, Math.max(0, numberAt(args, 1, call)))),
  indexof: fixed(2, (args, call) => position(args, call, false)),
  lastindexof: fixed(2, (args, call) => position(args, call, true)),
  flatten: fixed(1, (args, call) =>
    arrayAt(args, 0, call).flatMap((item) => {
      if (!Array.isArray(item))
        throw functionError(call.name, 'every item of the array must be an array.');
      return item;
    }),
  ),
  range: fixed(2, (args, call) => {
    const count = numberAt(args, 1, call);
    if (count < 0 || count > MAX_RANGE)
      throw functionError(
        call.name,
        `the count must be between 0 and ${MAX_RANGE}, but is '${count}'.`,
      );
    return Array.from({ length: count }, (_, index) => numberAt(args, 0, call) + index);
  }),
  union: ranged(2, Infinity, (args, call) =>
    Array.isArray(args[0])
      ? distinct(args.flatMap((_, index) => arrayAt(args, index, call)))
      : args.map((_, index) => objectAt(args, index, call)).reduce(mergeDeep),
  ),
  distinct: fixed(1, (args, call) => distinct(arrayAt(args, 0, call))),
  intersection: ranged(2, Infinity, intersection),
  shallowmerge: fixed(
    1,
    (args, call) =>
      Object.assign(
        {},
        ...arrayAt(args, 0, call).map((_, index, all) => objectAt(all, index, call)),
      ) as JsonObject,
  ),
  items: fixed(1, (args, call) => {
    const object = objectAt(args, 0, call);
    return Object.keys(object)
      .sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
      .map((key) => ({ key, value: object[key] ?? null }));
  }),
  objectkeys: fixed(1, (args, call) =>
    Object.keys(objectAt(args, 0, call)).sort((a, b) =>
      a.toLowerCase() < b.toLowerCase() ? -1 : 1,
    ),
  ),
  tryget: ranged(2, Infinity, (args) => tryGet(args[0] ?? null, args.slice(1))),
  indexfromend: fixed(2, (args, call) => {
    const array = arrayAt(args, 0, call);
    const index = numberAt(args, 1, call);
    const item = array.at(-index);
    if (index < 1 || item === undefined)
      throw functionError(
        call.name,
        `the index '${index}' from the end is outside an array of ${array.length} items.`,
      );
    return item;
  }),
  tryindexfromend: ranged(2, Infinity, (args) =>
    Array.isArray(args[0]) && typeof args[1] === 'number' && args[1] >= 1
      ? tryGet(args[0].at(-args[1]) ?? null, args.slice(2))
      : null,
  ),
};

function createObject(args: readonly Json[], call: FunctionCall): Json {
  if (args.length % 2 !== 0)
    throw functionError(
      call.name,
      'the number of arguments must be even: names and values in turn.',
    );
  const object: JsonObject = {};
  for (let i = 0; i < args.length; i += 2) object[stringAt(args, i, call)] = args[i + 1] ?? null;
  return object;
}

function contains(args: readonly Json[], call: FunctionCall): Json {
  const [container, item = null] = args;
  if (typeof container === 'string') return container.includes(stringAt(args, 1, call));
  if (Array.isArray(container)) return container.some((member) => deepEquals(member, item));
  if (isJsonObject(container)) return findKey(container, stringAt(args, 1, call)) !== undefined;
  throw functionError(
    call.name,
    `the type of argument 1 must be 'String, Array or Object', the provided value is of type '${jsonTypeName(container)}'.`,
  );
}

function sizeOf(args: readonly Json[], call: FunctionCall): number {
  const [value] = args;
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (isJsonObject(value)) return Object.keys(value).length;
  throw functionError(
    call.name,
    `the type of argument 1 must be 'String, Array or Object', the provided value is of type '${jsonTypeName(value)}'.`,
  );
}

function sliced(
  args: readonly Json[],
  call: FunctionCall,
  start: number,
  end: number | undefined,
): Json {
  return typeof args[0] === 'string'
    ? args[0].slice(start, end)
    : arrayAt(args, 0, call).slice(start, end);
}

function position(args: readonly Json[], call: FunctionCall, fromEnd: boolean): number {
  const [container, item = null] = args;
  if (Array.isArray(container)) {
    const found = container.map((member) => deepEquals(member, item));
    return fromEnd ? found.lastIndexOf(true) : found.indexOf(true);
  }
  const text = stringAt(args, 0, call).toLowerCase();
  const wanted = stringAt(args, 1, call).toLowerCase();
  return fromEnd ? text.lastIndexOf(wanted) : text.indexOf(wanted);
}

function distinct(items: readonly Json[]): Json[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = JSON.stringify(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function mergeDeep(base: JsonObject, over: JsonObject): JsonObject {
  const result: JsonObject = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const key = findKey(result, name) ?? name;
    const before = result[key];
    result[key] = isJsonObject(before) && isJsonObject(value) ? mergeDeep(before, value) : value;
  }
  return result;
}

function intersection(args: readonly Json[], call: FunctionCall): Json {
  if (Array.isArray(args[0])) {
    const rest = args.slice(1).map((_, index) => arrayAt(args, index + 1, call));
    return distinct(
      args[0].filter((item) =>
        rest.every((other) => other.some((member) => deepEquals(member, item))),
      ),
    );
  }
  const rest = args.slice(1).map((_, index) => objectAt(args, index + 1, call));
  return Object.fromEntries(
    Object.entries(objectAt(args, 0, call)).filter(([key, value]) =>
      rest.every((other) => Object.hasOwn(other, key) && deepEquals(other[key] ?? null, value)),
    ),
  );
}

/** Follows a path of keys and indexes, `null` as soon as one is missing. */
function tryGet(start: Json, path: readonly Json[]): Json {
  let value = start;
  for (const step of path) {
    if (isJsonObject(step)) value = fromEnd(value, step);
    else if (isJsonObject(value) && typeof step === 'string')
      value = value[findKey(value, step) ?? ''] ?? null;
    else if (Array.isArray(value) && typeof step === 'number') value = value[step] ?? null;
    else return null;
  }
  return value;
}

/** A step `{ value: 1, fromEnd: true }`, which chained safe dereferences use. */
function fromEnd(value: Json, step: JsonObject): Json {
  const index = step['value'];
  return Array.isArray(value) && typeof index === 'number' ? (value.at(-index) ?? null) : null;
}
