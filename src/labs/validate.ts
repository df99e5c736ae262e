import { closest } from '../base/closest.js';
import type { Json } from '../base/json.js';
import { isJsonObject } from '../base/json.js';
import type { Schema } from './schema.js';

/** Where a fault is: keys and indexes from the top. */
export type DocumentPath = readonly (string | number)[];

export interface Fault {
  path: DocumentPath;
  message: string;
}

/** All the ways in which the value differs from the schema, in document order. */
export function validate(value: Json, schema: Schema, path: DocumentPath = []): Fault[] {
  const fault = (message: string): Fault[] => [{ path, message }];
  switch (schema.type) {
    case 'object':
      return isJsonObject(value)
        ? validateObject(value, schema, path)
        : fault(wrongType(value, 'a mapping'));
    case 'array':
      if (!Array.isArray(value)) return fault(wrongType(value, 'a list'));
      return [
        ...(value.length < (schema.minItems ?? 0) ? fault('needs at least one entry') : []),
        ...value.flatMap((item, index) =>
          schema.items ? validate(item, schema.items, [...path, index]) : [],
        ),
      ];
    case 'string':
      return typeof value === 'string'
        ? validateText(value, schema, path)
        : fault(wrongType(value, 'a text'));
    case 'number':
      if (typeof value !== 'number') return fault(wrongType(value, 'a number'));
      return schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum
        ? fault(`must be more than ${schema.exclusiveMinimum}`)
        : [];
    case 'boolean':
      return typeof value === 'boolean' ? [] : fault(wrongType(value, 'true or false'));
  }
}

function validateObject(
  value: { readonly [key: string]: Json },
  schema: Schema,
  path: DocumentPath,
): Fault[] {
  const keys = Object.keys(value);
  const missing = (schema.required ?? [])
    .filter((key) => !Object.hasOwn(value, key))
    .map((key): Fault => ({ path, message: `"${key}" is missing` }));
  const count: Fault[] =
    keys.length < (schema.minProperties ?? 0) || keys.length > (schema.maxProperties ?? keys.length)
      ? [{ path, message: `has ${keys.length} fields, which is not how many it may have` }]
      : [];
  const inner = keys.flatMap((key): Fault[] => {
    const own = ownProperty(schema.properties, key);
    if (own) return validate(value[key] ?? null, own, [...path, key]);
    if (schema.additionalProperties === false) {
      return [{ path: [...path, key], message: unknownField(key, schema) }];
    }
    return schema.additionalProperties
      ? validate(value[key] ?? null, schema.additionalProperties, [...path, key])
      : [];
  });
  return [...missing, ...count, ...inner];
}

function unknownField(key: string, schema: Schema): string {
  const known = Object.keys(schema.properties ?? {});
  const meant = closest(key, known, { slipsOnly: true });
  const help = meant === undefined ? `known are ${known.join(', ')}` : `"${meant}" is`;
  return `"${key}" is not known here; ${help}`;
}

/** Not what every object inherits: a key may well be called `constructor`. */
function ownProperty(
  properties: Readonly<Record<string, Schema>> | undefined,
  key: string,
): Schema | undefined {
  return properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
}

function validateText(value: string, schema: Schema, path: DocumentPath): Fault[] {
  if (schema.enum && !schema.enum.includes(value)) {
    return [{ path, message: `"${value}" is none of ${schema.enum.join(', ')}` }];
  }
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    return [{ path, message: `"${value}" does not match ${schema.pattern}` }];
  }
  return value.length < (schema.minLength ?? 0) ? [{ path, message: 'is empty' }] : [];
}

function wrongType(value: Json, wanted: string): string {
  const found = Array.isArray(value) ? 'a list' : value === null ? 'nothing' : typeof value;
  return `must be ${wanted}, and is ${found === 'object' ? 'a mapping' : found}`;
}
