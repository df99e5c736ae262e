import type { Json, JsonObject } from '../base/json.js';
import { isJsonObject, textOf } from '../base/json.js';

/** What a checked document holds; what is not there is empty. */
export function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

export function objects(value: Json | undefined): JsonObject[] {
  return list(value).filter((item) => isJsonObject(item));
}

export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function texts(value: Json | undefined): string[] {
  return list(value).map(textOf);
}

export function textMap(value: Json | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectOf(value)).map(([key, item]) => [key, textOf(item)]),
  );
}
