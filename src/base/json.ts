/** JSON as it is moved, stored and evaluated. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** True for `{…}`, false for arrays, null and scalars. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is a text, else `''`. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
