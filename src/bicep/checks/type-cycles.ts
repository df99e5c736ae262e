import type { FileModel, TypeSymbol } from '../semantics/symbols.js';
import type { TypeNode } from '../syntax/nodes.js';
import { aliasOf, isNullable } from '../types/declared-types.js';

/**
 * Types that no value can have, since each would need another one of the same type inside it. What may be null or
 * left out ends the circle.
 *
 * @returns the types of the file that are in one
 */
export function checkTypeCycles(model: FileModel): Set<TypeSymbol> {
  const edges = new Map(
    model.types.map((symbol) => [symbol, required(symbol.statement.value, model)]),
  );
  const found = new Set<TypeSymbol>();
  for (const symbol of model.types) {
    const cycle = cycleOf(symbol, edges);
    if (!cycle) continue;
    found.add(symbol);
    const { span } = symbol.statement.name;
    if (cycle.length === 1) model.sink.report(span, 'BCP298');
    else model.sink.report(span, 'BCP299', cycle.map(({ name }) => name).join('" -> "'));
  }
  return found;
}

/** The types of the file that a value of this type can't be without. */
function required(node: TypeNode, model: FileModel, inside = false): Set<TypeSymbol> {
  const inner = (part: TypeNode): TypeSymbol[] => [...required(part, model, true)];
  switch (node.kind) {
    case 'typeName':
    case 'typeAccess': {
      const alias = aliasOf({ node, model });
      if (alias?.model === model) return new Set([alias.symbol]);
      return node.kind === 'typeAccess' ? required(node.base, model, inside) : new Set();
    }
    case 'arrayType':
      return new Set(inner(node.item));
    case 'parenthesizedType':
      return required(node.type, model, inside);
    case 'nonNullableType':
      return required(node.base, model, inside);
    case 'nullableType':
      return inside ? new Set() : required(node.base, model, inside);
    case 'unionType':
      return inside && isNullable({ node, model })
        ? new Set()
        : new Set(node.members.flatMap(inner));
    case 'objectType':
      return new Set(
        node.properties.flatMap(({ name, type }) => (name === undefined ? [] : inner(type))),
      );
    case 'tupleType':
      return new Set(node.items.flatMap(({ type }) => inner(type)));
    default:
      return new Set();
  }
}

/** The shortest way from a type back to itself, without itself at the end. */
function cycleOf(
  start: TypeSymbol,
  edges: ReadonlyMap<TypeSymbol, ReadonlySet<TypeSymbol>>,
): TypeSymbol[] | undefined {
  const ways: TypeSymbol[][] = [[start]];
  const seen = new Set<TypeSymbol>();
  for (const way of ways) {
    for (const next of edges.get(way.at(-1) ?? start) ?? []) {
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
