import type { FileModel } from '../semantics/symbols.js';
import type { Expression, Statement } from '../syntax/nodes.js';
import { walk } from '../syntax/walk.js';

/** Every expression of a file, those of decorators included. */
export function* expressionsOf({ program }: FileModel): Generator<Expression, undefined> {
  for (const statement of program.statements) yield* ofStatement(statement);
  return undefined;
}

function* ofStatement(statement: Statement): Generator<Expression, undefined> {
  const roots = [...statement.decorators.flatMap(({ args }) => args), ...valuesOf(statement)];
  const nested: Statement[] = [];
  for (const root of roots) {
    const found: Expression[] = [];
    walk(root, (node) => {
      found.push(node);
      if (node.kind === 'object') nested.push(...node.resources);
    });
    yield* found;
  }
  for (const resource of nested) yield* ofStatement(resource);
  return undefined;
}

function valuesOf(statement: Statement): Expression[] {
  switch (statement.kind) {
    case 'param':
      return statement.defaultValue ? [statement.defaultValue] : [];
    case 'func':
      return [statement.body];
    case 'var':
    case 'output':
    case 'resource':
    case 'module':
    case 'metadata':
    case 'assignment':
    case 'targetScope':
      return [statement.value];
    default:
      return [];
  }
}
