import { isJsonObject, type Json, type JsonObject } from '../base/json.js';

/**
 * Applies a JSON merge patch: null deletes, objects merge, everything else replaces.
 * @see https://www.rfc-editor.org/rfc/rfc7396
 */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, isJsonObject(value) ? mergePatch(objectAt(merged, name), value) : value);
  }
  return Object.fromEntries(merged);
}

function objectAt(map: ReadonlyMap<string, Json>, name: string): JsonObject {
  const value = map.get(name);
  return isJsonObject(value) ? value : {};
}
