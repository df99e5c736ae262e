import type { Json, JsonObject } from '../../base/json.js';
import type { TypeSymbol } from '../semantics/symbols.js';
import type { Decorator, TypeNode, TypeProperty } from '../syntax/nodes.js';
import type { EmitContext } from './context.js';
import type { Converter } from './converter.js';
import { literalText } from '../syntax/walk.js';
import { applyDecorators, findDecorator } from './decorators.js';
import { escapeText } from './values.js';

/** Turns type expressions into the schemas of `definitions`, `parameters` and `outputs`. */
export class TypeSchemas {
  readonly #context: EmitContext;
  readonly #converter: Converter;

  constructor(context: EmitContext, converter: Converter) {
    this.#context = context;
    this.#converter = converter;
  }

  /** The schema of a declaration: its type with what its decorators add. */
  declared(type: TypeNode, decorators: readonly Decorator[], extra: JsonObject = {}): JsonObject {
    const tag = findDecorator(decorators, 'discriminator')?.args[0];
    const name = tag?.kind === 'string' ? literalText(tag) : undefined;
    const schema = name === undefined ? this.schema(type) : this.#tagged(type, name);
    return applyDecorators({ ...schema, ...extra }, decorators, this.#converter);
  }

  /** A union of objects that are told apart by the property `tag`. */
  #tagged(type: TypeNode, tag: string): JsonObject {
    if (type.kind === 'parenthesizedType') return this.#tagged(type.type, tag);
    if (type.kind === 'nullableType') return { ...this.#tagged(type.base, tag), nullable: true };
    if (type.kind === 'nonNullableType')
      return { ...this.#tagged(type.base, tag), nullable: false };
    return type.kind === 'unionType' ? this.#discriminator(tag, type.members) : this.schema(type);
  }

  schema(type: TypeNode): JsonObject {
    switch (type.kind) {
      case 'error':
        return {};
      case 'typeName':
        return this.#named(type.name);
      case 'typeAccess':
        return this.#access(type);
      case 'typeLiteral':
        return { ...typed(literalTypeName(type.value)), allowedValues: [literalJson(type.value)] };
      case 'arrayType': {
        const allowed = this.#allowedValues(type.item);
        return {
          type: 'array',
          ...(allowed ? { allowedValues: allowed } : { items: this.schema(type.item) }),
        };
      }
      case 'nullableType':
        return { ...this.schema(type.base), nullable: true };
      case 'nonNullableType':
        return { ...this.schema(type.base), nullable: false };
      case 'unionType':
        return this.#union(type);
      case 'objectType':
        return this.#object(type.properties);
      case 'tupleType':
        return {
          type: 'array',
          prefixItems: type.items.map((item) => this.declared(item.type, item.decorators)),
          items: false,
        };
      case 'resourceType':
        return this.#resourceType(type);
      case 'parenthesizedType':
        return this.schema(type.type);
    }
  }

  #named(name: string): JsonObject {
    const symbol = this.#context.model.symbols.get(name);
    if (symbol?.kind === 'type') return reference(this.#context.closure.nameOf(symbol));
    if (symbol?.kind === 'import' && symbol.symbol?.kind === 'type')
      return reference(this.#context.closure.nameOf(symbol.symbol));
    return name === 'any' ? {} : { type: name };
  }

  #access(type: Extract<TypeNode, { kind: 'typeAccess' }>): JsonObject {
    const { base, step, all } = type;
    if (base.kind === 'typeName') {
      const symbol = this.#context.model.symbols.get(base.name);
      if (!symbol && (base.name === 'sys' || base.name === 'az'))
        return step === 'any' ? {} : { type: step };
      if (symbol?.kind === 'import' && !symbol.symbol) {
        const target = symbol.target.types.find((candidate) => candidate.name === step);
        return target ? reference(this.#context.closure.nameOf(target)) : {};
      }
    }
    const pointer = this.#pointer(base);
    if (pointer === undefined) return this.schema(base);
    const segment = all
      ? typeof step === 'number' || isArrayLike(this.resolve(base))
        ? 'items'
        : 'additionalProperties'
      : typeof step === 'number'
        ? `prefixItems/${step}`
        : `properties/${step}`;
    return { $ref: `${pointer}/${segment}` };
  }

  #pointer(type: TypeNode): string | undefined {
    const { $ref } = this.schema(type);
    return typeof $ref === 'string' ? $ref : undefined;
  }

  /** The type behind names and parentheses. */
  resolve(type: TypeNode, depth = 0): TypeNode {
    if (depth > 32) return type;
    if (type.kind === 'parenthesizedType') return this.resolve(type.type, depth + 1);
    const symbol = type.kind === 'typeName' ? this.#typeSymbol(type.name) : undefined;
    return symbol ? this.resolve(symbol.statement.value, depth + 1) : type;
  }

  #typeSymbol(name: string): TypeSymbol | undefined {
    const symbol = this.#context.model.symbols.get(name);
    if (symbol?.kind === 'type') return symbol;
    return symbol?.kind === 'import' && symbol.symbol?.kind === 'type' ? symbol.symbol : undefined;
  }

  #union(type: Extract<TypeNode, { kind: 'unionType' }>): JsonObject {
    const members = this.#members(type);
    const literals = members.filter((member) => member !== null);
    const names = new Set(literals.map((value) => jsonTypeName(value)));
    const [name] = names;
    return {
      ...(names.size === 1 && name ? { type: name } : {}),
      allowedValues: literals,
      ...(literals.length < members.length ? { nullable: true } : {}),
    };
  }

  #members(type: TypeNode, depth = 0): Json[] {
    const resolved = this.resolve(type);
    if (depth > 16) return [];
    if (resolved.kind === 'unionType')
      return sorted(resolved.members.flatMap((member) => this.#members(member, depth + 1)));
    if (resolved.kind === 'nullableType') return [...this.#members(resolved.base, depth + 1), null];
    const value = this.#literalValue(resolved);
    return value === undefined ? [] : [value];
  }

  #literalValue(type: TypeNode, depth = 0): Json | undefined {
    // A type may contain itself; no literal is that deep.
    if (depth > 16) return undefined;
    const resolved = this.resolve(type);
    if (resolved.kind === 'typeLiteral') return literalJson(resolved.value);
    if (resolved.kind === 'tupleType') {
      const items = resolved.items.map((item) => this.#literalValue(item.type, depth + 1));
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    if (resolved.kind !== 'objectType') return undefined;
    const entries = resolved.properties.map(
      ({ name, type: property }) => [name, this.#literalValue(property, depth + 1)] as const,
    );
    if (
      !entries.every(
        (entry): entry is [string, Json] => entry[0] !== undefined && entry[1] !== undefined,
      )
    )
      return undefined;
    return Object.fromEntries(entries);
  }

  #allowedValues(type: TypeNode): Json[] | undefined {
    if (type.kind === 'parenthesizedType') return this.#allowedValues(type.type);
    if (type.kind === 'unionType') return this.#members(type);
    if (type.kind !== 'typeLiteral' && type.kind !== 'objectType' && type.kind !== 'tupleType')
      return undefined;
    const value = this.#literalValue(type);
    return value === undefined ? undefined : [value];
  }

  /** `{ type: 'object', discriminator: { propertyName, mapping } }`. */
  #discriminator(tag: string, members: readonly TypeNode[]): JsonObject {
    const mapping: JsonObject = {};
    const add = (member: TypeNode): void => {
      const resolved = this.resolve(member);
      if (resolved.kind === 'unionType') resolved.members.forEach(add);
      if (resolved.kind !== 'objectType') return;
      const property = resolved.properties.find(({ name }) => name === tag);
      const value = property && this.#literalValue(property.type);
      if (typeof value === 'string') mapping[value] = this.schema(member);
    };
    members.forEach(add);
    return { type: 'object', discriminator: { propertyName: tag, mapping } };
  }

  #object(properties: readonly TypeProperty[]): JsonObject {
    const named: JsonObject = {};
    let additional: JsonObject | undefined;
    for (const { name, type, decorators } of properties) {
      const schema = this.declared(type, decorators);
      if (name === undefined) additional = schema;
      else named[name] = schema;
    }
    return {
      type: 'object',
      properties: named,
      ...(additional ? { additionalProperties: additional } : {}),
    };
  }

  #resourceType({ name, argument }: Extract<TypeNode, { kind: 'resourceType' }>): JsonObject {
    const source: JsonObject =
      name === 'resourceOutput' ? { source: argument, output: true } : { source: argument };
    return { type: 'object', metadata: { '__bicep_resource_derived_type!': source } };
  }
}

function reference(name: string): JsonObject {
  return { $ref: `#/definitions/${name}` };
}

function isArrayLike(type: TypeNode): boolean {
  return type.kind === 'arrayType' || type.kind === 'tupleType';
}

function typed(name: string | undefined): JsonObject {
  return name === undefined ? {} : { type: name };
}

function literalTypeName(value: string | bigint | boolean | null): string | undefined {
  if (value === null) return undefined;
  return { string: 'string', bigint: 'int', boolean: 'bool' }[
    typeof value as 'string' | 'bigint' | 'boolean'
  ];
}

function literalJson(value: string | bigint | boolean | null): Json {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' ? escapeText(value) : value;
}

function jsonTypeName(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return 'int';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Members of a union stand in the order of their text, each once. */
function sorted(values: readonly Json[]): Json[] {
  const text = (value: Json): string =>
    typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  const unique = new Map(values.map((value) => [text(value), value]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value);
}
