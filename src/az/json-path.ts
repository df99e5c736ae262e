import type { Json, JsonObject } from '../base/json.js';
import { isJsonObject } from '../base/json.js';

/** The object at a path of keys; an empty one when something on the way is absent or null. */
export function objectAt(value: Json | undefined, ...path: string[]): JsonObject {
  const found = valueAt(value, ...path);
  return isJsonObject(found) ? found : {};
}

export function valueAt(value: Json | undefined, ...path: string[]): Json | undefined {
  let current: Json | undefined = value;
  for (const key of path) current = isJsonObject(current) ? current[key] : undefined;
  return current;
}

export function textAt(value: Json | undefined, ...path: string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function objectsAt(value: Json | undefined, ...path: string[]): JsonObject[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found.filter((item) => isJsonObject(item)) : [];
}
