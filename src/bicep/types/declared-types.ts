import type { FileModel, TypeSymbol } from '../semantics/symbols.js';
import type { TypeNode, TypeProperty } from '../syntax/nodes.js';

/** A type expression and the file whose names it uses. */
export interface DeclaredType {
  readonly node: TypeNode;
  readonly model: FileModel;
  /** What `@discriminator` tells members of the union apart by. */
  readonly tag?: string;
}

/** One of the types of JSON that templates know. */
export type Primitive = 'string' | 'int' | 'bool' | 'array' | 'object' | 'null';

const PRIMITIVES: ReadonlySet<string> = new Set(['string', 'int', 'bool', 'array', 'object']);
/** A type may refer to itself; what is deeper than this does. */
const DEEPEST = 32;

/** The declaration that a name or `file.name` stands for. */
export function aliasOf({
  node,
  model,
}: DeclaredType): { symbol: TypeSymbol; model: FileModel } | undefined {
  if (node.kind === 'typeName') {
    const symbol = model.symbols.get(node.name);
    if (symbol?.kind === 'type') return { symbol, model };
    return symbol?.kind === 'import' && symbol.symbol?.kind === 'type'
      ? { symbol: symbol.symbol, model: symbol.target }
      : undefined;
  }
  if (node.kind !== 'typeAccess' || node.base.kind !== 'typeName') return undefined;
  const file = model.symbols.get(node.base.name);
  if (file?.kind !== 'import' || file.symbol) return undefined;
  const symbol = file.target.types.find(({ name }) => name === node.step);
  return symbol && { symbol, model: file.target };
}

/** The type behind names, parentheses and steps into other types; undefined when it can't be told. */
export function resolveType(type: DeclaredType, depth = 0): DeclaredType | undefined {
  if (depth > DEEPEST) return undefined;
  const { node, model } = type;
  if (node.kind === 'parenthesizedType')
    return resolveType({ ...type, node: node.type }, depth + 1);
  const alias = aliasOf(type);
  if (alias) {
    const { value, decorators } = alias.symbol.statement;
    const argument = decorators.find(({ name }) => name.name === 'discriminator')?.args[0];
    const tag = argument?.kind === 'string' ? argument.segments[0] : undefined;
    const inner = { node: value, model: alias.model, ...(tag === undefined ? {} : { tag }) };
    return resolveType(inner, depth + 1);
  }
  return node.kind === 'typeAccess' ? step(node, model, depth) : type;
}

function step(
  { base, step: name, all }: Extract<TypeNode, { kind: 'typeAccess' }>,
  model: FileModel,
  depth: number,
): DeclaredType | undefined {
  if (base.kind === 'typeName' && (base.name === 'sys' || base.name === 'az'))
    return { node: { kind: 'typeName', name: String(name), span: base.span }, model };
  const from = resolveType({ node: base, model }, depth + 1);
  if (!from) return undefined;
  const inner = memberOf(from.node, name, all);
  return inner && resolveType({ node: inner, model: from.model }, depth + 1);
}

function memberOf(node: TypeNode, name: string | number, all: boolean): TypeNode | undefined {
  if (node.kind === 'arrayType') return all ? node.item : undefined;
  if (node.kind === 'tupleType')
    return typeof name === 'number' ? node.items[name]?.type : undefined;
  if (node.kind !== 'objectType') return undefined;
  return node.properties.find((property) => property.name === (all ? undefined : name))?.type;
}

/** The members of a union, unions inside it taken apart, each with where it stands in the outermost one. */
export function unionMembers(type: DeclaredType, depth = 0): DeclaredType[] {
  const resolved = resolveType(type);
  if (!resolved || depth > DEEPEST) return [type];
  const { node, model } = resolved;
  if (node.kind === 'unionType')
    return node.members.flatMap((member) => unionMembers({ node: member, model }, depth + 1));
  if (node.kind === 'nullableType')
    return [
      ...unionMembers({ node: node.base, model }, depth + 1),
      { node: { kind: 'typeLiteral', value: null, span: node.span }, model },
    ];
  return [resolved];
}

/** What a value of the type is in JSON; undefined for a mixture and for what is not known. */
export function primitiveOf(type: DeclaredType): Primitive | undefined {
  const kinds = new Set(unionMembers(type).map(primitiveOfMember));
  if (kinds.size > 1) kinds.delete('null');
  const [only] = kinds;
  return kinds.size === 1 ? only : undefined;
}

function primitiveOfMember({ node }: DeclaredType): Primitive | undefined {
  switch (node.kind) {
    case 'typeName':
      return PRIMITIVES.has(node.name) ? (node.name as Primitive) : undefined;
    case 'typeLiteral':
      if (node.value === null) return 'null';
      return typeof node.value === 'bigint'
        ? 'int'
        : typeof node.value === 'string'
          ? 'string'
          : 'bool';
    case 'arrayType':
    case 'tupleType':
      return 'array';
    case 'objectType':
      return 'object';
    case 'nonNullableType':
      return undefined;
    default:
      return undefined;
  }
}

/** Whether only one value, or some that are listed, have the type. */
export function isLiteral(type: DeclaredType, depth = 0): boolean {
  const resolved = resolveType(type);
  if (!resolved || depth > DEEPEST) return false;
  const { node, model } = resolved;
  const inner = (part: TypeNode): boolean => isLiteral({ node: part, model }, depth + 1);
  switch (node.kind) {
    case 'typeLiteral':
      return true;
    case 'unionType':
      return node.members.every(inner);
    case 'nullableType':
    case 'nonNullableType':
      return inner(node.base);
    case 'tupleType':
      return node.items.every((item) => inner(item.type));
    case 'objectType':
      return node.properties.every(({ name, type: value }) => name !== undefined && inner(value));
    default:
      return false;
  }
}

/** Whether null is one of the values. */
export function isNullable(type: DeclaredType): boolean {
  return unionMembers(type).some(({ node }) => node.kind === 'typeLiteral' && node.value === null);
}

/** The type as a message says it: `{ a: string, *: int }`, `[a, b]`, `string[]`, `'x' | 'y'`. */
export function describeDeclared(node: TypeNode): string {
  switch (node.kind) {
    case 'typeName':
      return node.name;
    case 'typeLiteral':
      return typeof node.value === 'string' ? `'${node.value}'` : String(node.value);
    case 'arrayType':
      return node.item.kind === 'unionType'
        ? `(${describeDeclared(node.item)})[]`
        : `${describeDeclared(node.item)}[]`;
    case 'nullableType':
      return `null | ${describeDeclared(node.base)}`;
    case 'nonNullableType':
      return describeDeclared(node.base);
    case 'unionType':
      return node.members.map(describeDeclared).join(' | ');
    case 'objectType':
      return node.properties.length === 0
        ? '{}'
        : `{ ${node.properties.map(describeProperty).join(', ')} }`;
    case 'tupleType':
      return `[${node.items.map(({ type }) => describeDeclared(type)).join(', ')}]`;
    case 'parenthesizedType':
      return describeDeclared(node.type);
    case 'typeAccess':
      return `${describeDeclared(node.base)}.${node.step}`;
    case 'resourceType':
      return node.argument;
    case 'error':
      return 'error';
  }
}

function describeProperty({ name, type }: TypeProperty): string {
  return `${name ?? '*'}: ${describeDeclared(type)}`;
}
