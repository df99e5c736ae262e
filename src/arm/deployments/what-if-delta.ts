import { isJsonObject, textOf, type Json, type JsonObject } from '../../base/json.js';
import { normaliseLocation } from '../regions.js';

/**
 * What a template would change in a resource. Properties that the template doesn't name stay as they are
 * and are no change.
 *
 * @returns `[{ path: 'properties.adminUserEnabled', propertyChangeType: 'Modify', before, after }]`
 */
export function propertyChanges(before: JsonObject, after: JsonObject, prefix = ''): JsonObject[] {
  return Object.entries(after).flatMap(([name, wanted]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const current = before[name];
    if (wanted === null || isEqual(path, current, wanted)) return [];
    if (isJsonObject(current) && isJsonObject(wanted))
      return propertyChanges(current, wanted, path);
    if (Array.isArray(current) && Array.isArray(wanted))
      return [arrayChange(path, current, wanted)];
    const propertyChangeType = current === undefined || current === null ? 'Create' : 'Modify';
    return [{ path, propertyChangeType, before: current ?? null, after: wanted, children: null }];
  });
}

function arrayChange(path: string, before: Json[], after: Json[]): JsonObject {
  const length = Math.max(before.length, after.length);
  const children = Array.from({ length }, (_, index) => {
    const [was, wanted] = [before[index], after[index]];
    if (wanted === undefined) return change(String(index), 'Delete', was, wanted);
    if (was === undefined) return change(String(index), 'Create', was, wanted);
    if (!isJsonObject(was) || !isJsonObject(wanted)) {
      return isEqual('', was, wanted) ? [] : change(String(index), 'Modify', was, wanted);
    }
    const inner = propertyChanges(was, wanted);
    return inner.length === 0
      ? []
      : { ...change(String(index), 'Modify', was, wanted), children: inner };
  }).flat();
  return { ...change(path, 'Array', before, after), children };
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
function isEqual(path: string, current: Json | undefined, wanted: Json): boolean {
  if (path === 'location') {
    return normaliseLocation(textOf(current)) === normaliseLocation(textOf(wanted));
  }
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(current) &&
      current.length === wanted.length &&
      wanted.every((item, index) => isEqual('', current[index], item))
    );
  }
  if (isJsonObject(wanted)) {
    const was = isJsonObject(current) ? current : {};
    const named = Object.entries(wanted).filter(([, value]) => value !== null);
    return named.every(([name, value]) => isEqual('', was[name], value));
  }
  return (current ?? null) === wanted;
}
