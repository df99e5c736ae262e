import { isJsonObject, textOf, type Json, type JsonObject } from '../../base/json.js';
import { normaliseLocation } from '../regions.js';

/** One value of a resource, seen from all sides. */
interface Sides {
  /** As a GET shows it: without what is hidden. */
  shown: Json | undefined;
  /** As it is stored, and as the write would leave it. */
  before: Json | undefined;
  after: Json | undefined;
  /** As the template has it. */
  wanted: Json;
}

/**
 * What a template would change in a resource. Properties that the template doesn't name stay as they are and are no
 * change, and neither is another spelling of what is stored. Hidden values are compared but not told.
 *
 * @param before,after the resource as stored and as it would be; what is shown, and the template's body, when absent
 * @returns `[{ path: 'properties.adminUserEnabled', propertyChangeType: 'Modify', before, after }]`
 */
export function propertyChanges({
  shown,
  body,
  before = shown,
  after = body,
}: {
  shown: JsonObject;
  body: JsonObject;
  before?: JsonObject;
  after?: JsonObject;
}): JsonObject[] {
  return objectChanges({ shown, before, after, wanted: body }, '');
}

function objectChanges({ shown, before, after, wanted }: Sides, prefix: string): JsonObject[] {
  return Object.entries(isJsonObject(wanted) ? wanted : {}).flatMap(([name, value]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const [seen, was, will] = [member(shown, name), member(before, name), member(after, name)];
    const sides: Sides = { shown: seen, before: was, after: will, wanted: value };
    if (value === null || isEqual(path, sides)) return [];
    if (isJsonObject(was) && isJsonObject(value)) return objectChanges(sides, path);
    if (Array.isArray(was) && Array.isArray(value)) return [arrayChange(path, sides)];
    return [change(path, isAbsent(was) ? 'Create' : 'Modify', seen, value)];
  });
}

function arrayChange(path: string, { shown, before, after, wanted }: Sides): JsonObject {
  const lists = [shown, before, after, wanted].map((list) => (Array.isArray(list) ? list : []));
  const [seen = [], was = [], will = [], asked = []] = lists;
  const length = Math.max(was.length, asked.length);
  const children = Array.from({ length }, (_, index) => {
    const value = asked[index];
    const key = String(index);
    if (value === undefined) return change(key, 'Delete', seen[index]);
    const sides: Sides = {
      ...{ shown: seen[index], before: was[index], after: will[index] },
      wanted: value,
    };
    if (isAbsent(sides.before)) return change(key, 'Create', undefined, value);
    if (isEqual('', sides)) return [];
    const one = change(key, 'Modify', seen[index], value);
    const isObject = isJsonObject(sides.before) && isJsonObject(value);
    return isObject ? { ...one, children: objectChanges(sides, '') } : one;
  }).flat();
  return { ...change(path, 'Array', shown, wanted), children };
}

function change(path: string, type: string, before?: Json, after?: Json): JsonObject {
  return {
    path,
    propertyChangeType: type,
    before: before ?? null,
    after: after ?? null,
    children: null,
  };
}

/** Whether nothing that the template names would change. */
function isEqual(path: string, { shown, before, after, wanted }: Sides): boolean {
  if (path === 'location') {
    return normaliseLocation(textOf(before)) === normaliseLocation(textOf(wanted));
  }
  if (Array.isArray(wanted)) {
    if (isAbsent(before) && isAbsent(after)) return true;
    return (
      Array.isArray(before) &&
      Array.isArray(after) &&
      before.length === after.length &&
      wanted.every((value, index) =>
        isEqual('', {
          ...{ shown: item(shown, index), before: before[index], after: after[index] },
          wanted: value,
        }),
      )
    );
  }
  if (isJsonObject(wanted)) {
    const named = Object.entries(wanted).filter(([, value]) => value !== null);
    return named.every(([name, value]) =>
      isEqual('', {
        ...{ shown: member(shown, name), before: member(before, name) },
        ...{ after: member(after, name), wanted: value },
      }),
    );
  }
  return (before ?? null) === (after ?? null);
}

function isAbsent(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

function member(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

function item(value: Json | undefined, index: number): Json | undefined {
  return Array.isArray(value) ? value[index] : undefined;
}
