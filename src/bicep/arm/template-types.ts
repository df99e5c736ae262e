import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import type { Decorator, Expression, TypeNode, TypeProperty } from '../syntax/nodes.js';
import { identifier, NOWHERE, stringNode } from './nowhere.js';
import { fault, literalNode } from './template-expressions.js';

const DEFINITIONS = '#/definitions/';
const EXPORT = '__bicep_export!';
const DERIVED = '__bicep_resource_derived_type!';
const CONSTRAINTS = ['minLength', 'maxLength', 'minValue', 'maxValue'];
/** A schema can't contain itself without a name in between. */
const DEEPEST = 64;

/** A schema of a template as Bicep would declare it. */
export interface DeclaredSchema {
  readonly type: TypeNode;
  readonly decorators: readonly Decorator[];
}

/** Where a schema stands. */
export interface SchemaPlace {
  /** The definitions that schemas may refer to. */
  readonly definitions: JsonObject;
  readonly depth: number;
}

function inside({ definitions, depth }: SchemaPlace): SchemaPlace {
  return { definitions, depth: depth + 1 };
}

/**
 * Reads a schema of `definitions`, of a parameter or of an output.
 * @throws TemplateError for a schema that Bicep has no type for
 */
export function declaredSchema(schema: Json, at: SchemaPlace): DeclaredSchema {
  if (!isJsonObject(schema) || at.depth > DEEPEST) throw fault('A type is not an object.');
  return { type: typeOf(schema, at), decorators: decoratorsOf(schema) };
}

export function isExportedSchema(schema: Json): boolean {
  const metadata = isJsonObject(schema) ? schema['metadata'] : undefined;
  return isJsonObject(metadata) && metadata[EXPORT] === true;
}

function typeOf(schema: JsonObject, at: SchemaPlace): TypeNode {
  const base = plainType(schema, at);
  if (schema['nullable'] === true) return { kind: 'nullableType', base, span: NOWHERE };
  if (schema['nullable'] === false) return { kind: 'nonNullableType', base, span: NOWHERE };
  return base;
}

function plainType(schema: JsonObject, at: SchemaPlace): TypeNode {
  const { allowedValues, $ref } = schema;
  const type = typeof schema['type'] === 'string' ? schema['type'].toLowerCase() : undefined;
  if (Array.isArray(allowedValues)) {
    const [only, ...others] = allowedValues.map(literalType);
    if (!only) throw fault('"allowedValues" is empty.');
    const members: TypeNode =
      others.length === 0 ? only : { kind: 'unionType', members: [only, ...others], span: NOWHERE };
    return type === 'array' ? { kind: 'arrayType', item: members, span: NOWHERE } : members;
  }
  if (typeof $ref === 'string') return referredType($ref, at);
  switch (type) {
    case 'string':
    case 'securestring':
      return named('string');
    case 'int':
    case 'bool':
      return named(type);
    case 'array':
      return arrayType(schema, at);
    case 'object':
    case 'secureobject':
      return derivedType(schema) ?? objectType(schema, at);
    case undefined:
      return named('any');
    default:
      throw fault(`There is no type "${type}".`);
  }
}

function named(name: string): TypeNode {
  return { kind: 'typeName', name, span: NOWHERE };
}

/** `#/definitions/a/properties/b` is `a.b`. */
function referredType(pointer: string, { definitions }: SchemaPlace): TypeNode {
  if (!pointer.startsWith(DEFINITIONS)) throw fault(`"${pointer}" is not a definition.`);
  const [name = '', ...steps] = pointer
    .slice(DEFINITIONS.length)
    .split('/')
    .map((step) => decodeURIComponent(step).replace(/~1/g, '/').replace(/~0/g, '~'));
  if (!Object.hasOwn(definitions, name)) throw fault(`There is no definition "${name}".`);
  let base = named(name);
  for (let position = 0; position < steps.length; position += 1) {
    const word = steps[position];
    const all = word === 'items' || word === 'additionalProperties';
    if (!all && word !== 'properties' && word !== 'prefixItems')
      throw fault(`"${pointer}" is not a type.`);
    if (!all) position += 1;
    const written = steps[position] ?? '';
    const step = word === 'items' ? 0 : word === 'prefixItems' ? Number(written) : written;
    base = { kind: 'typeAccess', base, step, all, span: NOWHERE };
  }
  return base;
}

function arrayType({ prefixItems, items }: JsonObject, at: SchemaPlace): TypeNode {
  if (Array.isArray(prefixItems)) {
    const members = prefixItems.map((item) => property(undefined, item, at));
    return { kind: 'tupleType', items: members, span: NOWHERE };
  }
  if (!isJsonObject(items)) return named('array');
  return { kind: 'arrayType', item: declaredSchema(items, inside(at)).type, span: NOWHERE };
}

function objectType(schema: JsonObject, at: SchemaPlace): TypeNode {
  const { properties, additionalProperties, discriminator } = schema;
  if (isJsonObject(discriminator)) {
    const mapping = isJsonObject(discriminator['mapping']) ? discriminator['mapping'] : {};
    const members = Object.keys(mapping)
      .sort()
      .map((key) => declaredSchema(mapping[key] ?? null, inside(at)).type);
    return { kind: 'unionType', members, span: NOWHERE };
  }
  if (!isJsonObject(properties) && additionalProperties === undefined) return named('object');
  const members = Object.entries(isJsonObject(properties) ? properties : {}).map(([name, item]) =>
    property(name, item, at),
  );
  if (isJsonObject(additionalProperties))
    members.push(property(undefined, additionalProperties, at));
  return { kind: 'objectType', properties: members, span: NOWHERE };
}

function property(name: string | undefined, schema: Json, at: SchemaPlace): TypeProperty {
  return { name, ...declaredSchema(schema, inside(at)), span: NOWHERE };
}

/** `resourceInput<'…'>`. */
function derivedType({ metadata }: JsonObject): TypeNode | undefined {
  const derived = isJsonObject(metadata) ? metadata[DERIVED] : undefined;
  if (!isJsonObject(derived) || typeof derived['source'] !== 'string') return undefined;
  const name = derived['output'] === true ? 'resourceOutput' : 'resourceInput';
  return { kind: 'resourceType', name, argument: derived['source'], span: NOWHERE };
}

function literalType(value: Json): TypeNode {
  if (Array.isArray(value)) {
    const items = value.map((item): TypeProperty => ({
      ...{ name: undefined, decorators: [], type: literalType(item), span: NOWHERE },
    }));
    return { kind: 'tupleType', items, span: NOWHERE };
  }
  if (isJsonObject(value)) {
    const properties = Object.entries(value).map(([name, item]): TypeProperty => ({
      ...{ name, decorators: [], type: literalType(item), span: NOWHERE },
    }));
    return { kind: 'objectType', properties, span: NOWHERE };
  }
  const literal = typeof value === 'number' ? BigInt(Math.trunc(value)) : value;
  return { kind: 'typeLiteral', value: literal, span: NOWHERE };
}

function decoratorsOf(schema: JsonObject): Decorator[] {
  const { type, metadata, additionalProperties, discriminator } = schema;
  const found: Decorator[] = [];
  if (isJsonObject(metadata)) {
    const { description } = metadata;
    if (typeof description === 'string')
      found.push(decorator('description', stringNode(description)));
    if (metadata[EXPORT] === true) found.push(decorator('export'));
    const others = Object.entries(metadata).filter(
      ([key]) => key !== 'description' && key !== EXPORT && key !== DERIVED,
    );
    if (others.length > 0)
      found.push(decorator('metadata', literalNode(Object.fromEntries(others))));
  }
  if (typeof type === 'string' && /^secure/i.test(type)) found.push(decorator('secure'));
  for (const name of CONSTRAINTS) {
    const value = schema[name];
    if (value !== undefined) found.push(decorator(name, literalNode(value)));
  }
  if (additionalProperties === false) found.push(decorator('sealed'));
  if (isJsonObject(discriminator))
    found.push(decorator('discriminator', literalNode(discriminator['propertyName'] ?? null)));
  return found;
}

export function decorator(name: string, ...args: Expression[]): Decorator {
  return { called: true, namespace: 'sys', name: identifier(name), args, span: NOWHERE };
}
