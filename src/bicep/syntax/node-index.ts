import type { Expression, Program, Statement } from './nodes.js';
import { walk } from './walk.js';

type NodeOf<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>;

/** Expressions by what they are: most rules look at few of them, and many files have none of those. */
export interface NodeIndex {
  readonly calls: readonly NodeOf<'call' | 'instanceCall'>[];
  readonly indexes: readonly NodeOf<'arrayAccess'>[];
  readonly lambdas: readonly NodeOf<'lambda'>[];
  readonly loops: readonly NodeOf<'for'>[];
  readonly objects: readonly NodeOf<'object'>[];
  readonly strings: readonly NodeOf<'string'>[];
}

/** The expressions of a file, those of decorators included. */
export function indexNodes({ statements }: Program): NodeIndex {
  const nodes: Mutable<NodeIndex> = {
    ...{ calls: [], indexes: [], lambdas: [] },
    ...{ loops: [], objects: [], strings: [] },
  };
  const visit = (statement: Statement): void => {
    for (const { args } of statement.decorators) for (const arg of args) walk(arg, collect);
    for (const value of valuesOf(statement)) walk(value, collect);
  };
  const collect = (node: Expression): void => {
    switch (node.kind) {
      case 'string':
        nodes.strings.push(node);
        break;
      case 'call':
      case 'instanceCall':
        nodes.calls.push(node);
        break;
      case 'arrayAccess':
        nodes.indexes.push(node);
        break;
      case 'lambda':
        nodes.lambdas.push(node);
        break;
      case 'for':
        nodes.loops.push(node);
        break;
      case 'object':
        nodes.objects.push(node);
        node.resources.forEach(visit);
        break;
      default:
        break;
    }
  };
  statements.forEach(visit);
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
