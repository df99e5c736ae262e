import type { Statement, TypeNode } from '../syntax/nodes.js';
import type { FileModel } from './symbols.js';

/** Every name that stands in a type expression of the file. */
export function typeNamesOf({ program }: FileModel): Set<string> {
  const names = new Set<string>();
  for (const statement of program.statements)
    for (const type of typesOf(statement))
      walkTypes(type, (node) => {
        if (node.kind === 'typeName') names.add(node.name);
      });
  return names;
}

/** The type expressions of a declaration. */
export function typesOf(statement: Statement): TypeNode[] {
  switch (statement.kind) {
    case 'param':
    case 'output':
      return [statement.type];
    case 'var':
      return statement.type ? [statement.type] : [];
    case 'type':
      return [statement.value];
    case 'func':
      return [statement.returns, ...statement.parameters.map(({ type }) => type)];
    default:
      return [];
  }
}

/** Visits a type expression and everything in it, parents first. */
export function walkTypes(node: TypeNode, visit: (node: TypeNode) => void): void {
  visit(node);
  for (const child of childTypes(node)) walkTypes(child, visit);
}

function childTypes(node: TypeNode): TypeNode[] {
  switch (node.kind) {
    case 'typeAccess':
    case 'nullableType':
    case 'nonNullableType':
      return [node.base];
    case 'arrayType':
      return [node.item];
    case 'parenthesizedType':
      return [node.type];
    case 'unionType':
      return [...node.members];
    case 'objectType':
      return node.properties.map(({ type }) => type);
    case 'tupleType':
      return node.items.map(({ type }) => type);
    default:
      return [];
  }
}
