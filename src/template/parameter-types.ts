import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { deepEquals, jsonTypeName, textOf } from './functions/definition.js';

/** Newtonsoft's names of what each template type accepts, as Azure's messages list them. */
const EXPECTED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    string: 'String, Uri',
    securestring: 'String, Uri',
    int: 'Integer',
    bool: 'Boolean',
    object: 'Object',
    secureobject: 'Object',
    array: 'Array',
  }),
);

/** GET answers types with these capitals. */
const DISPLAY: ReadonlyMap<string, string> = new Map(
  Object.entries({
    string: 'String',
    securestring: 'SecureString',
    int: 'Int',
    bool: 'Bool',
    object: 'Object',
    secureobject: 'SecureObject',
    array: 'Array',
  }),
);

/** `'securestring'` is `'SecureString'`; undefined when there is no such type. */
export function displayType(type: Json | undefined): string | undefined {
  return typeof type === 'string' ? DISPLAY.get(type.toLowerCase()) : undefined;
}

export function isSecureType(type: string | undefined): boolean {
  return type?.toLowerCase().startsWith('secure') ?? false;
}

/** Follows `$ref: '#/definitions/name'`; what stands beside the reference wins. */
export function resolveSchema(schema: JsonObject, definitions: JsonObject, depth = 0): JsonObject {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || depth > 32) return schema;
  const target = definitions[decodeURIComponent(reference.replace('#/definitions/', ''))];
  if (!isJsonObject(target)) return schema;
  const own = Object.entries(schema).filter(([name]) => name !== '$ref');
  return { ...resolveSchema(target, definitions, depth + 1), ...Object.fromEntries(own) };
}

/**
 * Checks a value against a parameter's or output's type and constraints.
 * @returns the first problem as a sentence of Resource Manager's, or undefined
 */
export function checkType(
  value: Json,
  declared: JsonObject,
  definitions: JsonObject,
  path: string,
): string | undefined {
  const schema = resolveSchema(declared, definitions);
  if (value === null && schema['nullable'] === true) return undefined;
  const type = typeof schema['type'] === 'string' ? schema['type'].toLowerCase() : undefined;
  const expected = type === undefined ? undefined : EXPECTED.get(type);
  if (expected && !expected.split(', ').includes(jsonTypeName(value)))
    return `Template parameter JToken type is not valid. Expected '${expected}'. Actual '${jsonTypeName(value)}'. Please see https://aka.ms/arm-create-parameter-file for usage details.`;
  return (
    checkAllowed(value, schema, path) ??
    checkBounds(value, schema, path) ??
    checkMembers(value, schema, definitions, path)
  );
}

function invalid(value: Json, path: string, why: string): string {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return `The provided value '${shown}' for the template parameter '${path}' is not valid. ${why}`;
}

function checkAllowed(value: Json, schema: JsonObject, path: string): string | undefined {
  const allowed = schema['allowedValues'];
  if (!Array.isArray(allowed)) return undefined;
  const isAllowed = (item: Json): boolean => allowed.some((option) => deepEquals(option, item));
  // An array parameter may also be any subset of the allowed values.
  if (isAllowed(value) || (Array.isArray(value) && value.every(isAllowed))) return undefined;
  const list = allowed.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return invalid(
    value,
    path,
    `The value '${shown}' is not part of the allowed value(s): '${list.join(',')}'.`,
  );
}

function checkBounds(value: Json, schema: JsonObject, path: string): string | undefined {
  const bound = (name: string): number | undefined => {
    const limit = schema[name];
    return typeof limit === 'number' ? limit : undefined;
  };
  if (typeof value === 'number') {
    const [min, max] = [bound('minValue'), bound('maxValue')];
    if (min !== undefined && value < min)
      return invalid(value, path, `The value should be greater than or equal to '${min}'.`);
    if (max !== undefined && value > max)
      return invalid(value, path, `The value should be less than or equal to '${max}'.`);
  }
  if (typeof value === 'string' || Array.isArray(value)) {
    const [min, max] = [bound('minLength'), bound('maxLength')];
    if (min !== undefined && value.length < min)
      return invalid(
        value,
        path,
        `Length of the value should be greater than or equal to '${min}'.`,
      );
    if (max !== undefined && value.length > max)
      return invalid(value, path, `Length of the value should be less than or equal to '${max}'.`);
  }
  return undefined;
}

function checkMembers(
  value: Json,
  schema: JsonObject,
  definitions: JsonObject,
  path: string,
): string | undefined {
  if (Array.isArray(value)) return checkItems(value, schema, definitions, path);
  if (isJsonObject(value)) return checkProperties(value, schema, definitions, path);
  return undefined;
}

function checkItems(
  value: Json[],
  schema: JsonObject,
  definitions: JsonObject,
  path: string,
): string | undefined {
  const prefix = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
  for (const [index, item] of value.entries()) {
    const itemSchema = prefix[index] ?? schema['items'];
    if (itemSchema === false)
      return invalid(value, path, `It must have no more than '${prefix.length}' items.`);
    if (!isJsonObject(itemSchema)) continue;
    const problem = checkType(item, itemSchema, definitions, `${path}[${index}]`);
    if (problem) return problem;
  }
  return undefined;
}

function checkProperties(
  value: JsonObject,
  schema: JsonObject,
  definitions: JsonObject,
  path: string,
): string | undefined {
  const variant = discriminated(value, schema, definitions, path);
  if (typeof variant === 'string') return variant;
  if (variant) return checkType(value, variant, definitions, path);
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  for (const [name, propertySchema] of Object.entries(properties)) {
    if (!isJsonObject(propertySchema)) continue;
    const resolved = resolveSchema(propertySchema, definitions);
    if (!Object.hasOwn(value, name)) {
      if (resolved['nullable'] === true) continue;
      return invalid(value, path, `The property '${name}' is missing.`);
    }
    const problem = checkType(value[name] ?? null, resolved, definitions, `${path}.${name}`);
    if (problem) return problem;
  }
  return checkAdditional(value, properties, schema, definitions, path);
}

function checkAdditional(
  value: JsonObject,
  properties: JsonObject,
  schema: JsonObject,
  definitions: JsonObject,
  path: string,
): string | undefined {
  const additional = schema['additionalProperties'];
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(properties, name)) continue;
    if (additional === false)
      return invalid(
        value,
        path,
        `The property '${name}' is not permitted: the type allows only '${Object.keys(properties).join(', ')}'.`,
      );
    if (!isJsonObject(additional)) continue;
    const problem = checkType(value[name] ?? null, additional, definitions, `${path}.${name}`);
    if (problem) return problem;
  }
  return undefined;
}

function discriminated(
  value: JsonObject,
  schema: JsonObject,
  definitions: JsonObject,
  path: string,
): JsonObject | string | undefined {
  const discriminator = schema['discriminator'];
  if (!isJsonObject(discriminator) || !isJsonObject(discriminator['mapping'])) return undefined;
  const name = discriminator['propertyName'];
  const tag = typeof name === 'string' ? value[name] : undefined;
  const variant = typeof tag === 'string' ? discriminator['mapping'][tag] : undefined;
  if (isJsonObject(variant)) return resolveSchema(variant, definitions);
  const tags = Object.keys(discriminator['mapping']).join(',');
  return invalid(
    value,
    path,
    `The discriminator '${textOf(name ?? null)}' must be one of '${tags}'.`,
  );
}
