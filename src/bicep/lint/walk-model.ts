import type { FileModel } from '../semantics/symbols.js';
import type { Expression, Statement } from '../syntax/nodes.js';
import type { LintedNodes } from './rule.js';
import { walk } from '../syntax/walk.js';

/** The expressions of a file, those of decorators included. */
export function nodesOf({ program }: FileModel): LintedNodes {
  const nodes = { calls: [], indexes: [], objects: [], strings: [] } as Mutable<LintedNodes>;
  const visit = (statement: Statement): void => {
    const collect = (node: Expression): void => {
      if (node.kind === 'string') nodes.strings.push(node);
      else if (node.kind === 'call' || node.kind === 'instanceCall') nodes.calls.push(node);
      else if (node.kind === 'arrayAccess') nodes.indexes.push(node);
      else if (node.kind === 'object') {
        nodes.objects.push(node);
        node.resources.forEach(visit);
      }
    };
    for (const { args } of statement.decorators) for (const arg of args) walk(arg, collect);
    for (const value of valuesOf(statement)) walk(value, collect);
  };
  program.statements.forEach(visit);
  return nodes;
}

type Mutable<T> = {
  -readonly [Key in keyof T]: T[Key] extends readonly (infer I)[] ? I[] : T[Key];
};

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
