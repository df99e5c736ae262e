/** What the compiler knows about a value. `any` is everything it does not know. */
export type Type =
  | { readonly kind: 'any' }
  | { readonly kind: 'null' }
  | { readonly kind: 'string'; readonly literal?: string }
  | { readonly kind: 'int'; readonly literal?: bigint }
  | { readonly kind: 'bool'; readonly literal?: boolean }
  | {
      readonly kind: 'array';
      readonly item: Type;
      /** `[]`. */
      readonly empty?: boolean;
      /** Of an array that is written out: each item. */
      readonly items?: readonly Type[];
    }
  | ObjectType
  | { readonly kind: 'union'; readonly members: readonly Type[] };

export interface ObjectType {
  readonly kind: 'object';
  /** As messages say it, e.g. `'Microsoft.App/containerApps'`; `object` when absent. */
  readonly name?: string;
  readonly properties: ReadonlyMap<string, PropertyType>;
  /** The type of further properties; absent when there may be none. */
  readonly additional?: Type;
}

export interface PropertyType {
  readonly type: Type;
  readonly required?: boolean;
  readonly readOnly?: boolean;
}

export const ANY: Type = { kind: 'any' };
export const NULL: Type = { kind: 'null' };
export const STRING: Type = { kind: 'string' };
export const INT: Type = { kind: 'int' };
export const BOOL: Type = { kind: 'bool' };
export const ARRAY: Type = { kind: 'array', item: ANY };
export const OBJECT: Type = { kind: 'object', properties: new Map(), additional: ANY };

/** A union without duplicates; `any` swallows the rest. */
export function unionOf(members: readonly Type[]): Type {
  const flat = members.flatMap((member) => (member.kind === 'union' ? member.members : [member]));
  if (flat.some((member) => member.kind === 'any')) return ANY;
  const unique = [
    ...new Map(
      flat.map((member) => [isScalar(member) ? describeType(member) : member, member]),
    ).values(),
  ];
  const [only] = unique;
  return unique.length === 1 && only ? only : { kind: 'union', members: unique };
}

/** Two object types may read alike and differ in their properties. */
function isScalar(type: Type): boolean {
  return type.kind !== 'object' && type.kind !== 'array';
}

/** Whether a value of `source` can stand where `target` is wanted, as far as is known. */
export function isAssignable(source: Type, target: Type): boolean {
  if (source.kind === 'any' || target.kind === 'any') return true;
  if (source.kind === 'union') return source.members.some((member) => isAssignable(member, target));
  if (target.kind === 'union') return target.members.some((member) => isAssignable(source, member));
  if (source.kind !== target.kind) return false;
  if (source.kind === 'array')
    return target.kind !== 'array' || isAssignable(source.item, target.item);
  if (!('literal' in target) || target.literal === undefined) return true;
  // A value that is only known to be a string may turn out to be the literal.
  return (
    !('literal' in source) || source.literal === undefined || source.literal === target.literal
  );
}

/** The type as a message says it. */
export function describeType(type: Type): string {
  switch (type.kind) {
    case 'string':
      return type.literal === undefined ? 'string' : `'${type.literal}'`;
    case 'int':
    case 'bool':
      return type.literal === undefined ? type.kind : String(type.literal);
    case 'union':
      return type.members.map(describeType).join(' | ');
    case 'object':
      return type.name ?? 'object';
    case 'array':
      if (type.empty === true) return '<empty array>';
      if (type.items) return `[${type.items.map(describeType).join(', ')}]`;
      if (type.item.kind === 'union') return `(${describeType(type.item)})[]`;
      return type.item.kind === 'any' ? 'array' : `${describeType(type.item)}[]`;
    default:
      return type.kind;
  }
}
