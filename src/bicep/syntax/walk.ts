import type {
  ErrorNode,
  Expression,
  ObjectNode,
  PropertyNode,
  SpreadNode,
  StringNode,
} from './nodes.js';

const NONE: readonly Expression[] = [];

/** The expressions directly inside one. Nested `resource` declarations are not among them. */
export function childrenOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'error':
    case 'literal':
    case 'variable':
      return NONE;
    case 'string':
      return node.expressions;
    case 'array':
      return node.items.some(isSpread) ? node.items.map(unspread) : (node.items as Expression[]);
    case 'object':
      return node.properties.every(isPlain)
        ? node.properties.map(({ value }) => value)
        : node.properties.flatMap(memberExpressions);
    case 'call':
      return node.args;
    case 'instanceCall':
      return [node.base, ...node.args];
    case 'propertyAccess':
    case 'resourceAccess':
    case 'nonNull':
      return [node.base];
    case 'arrayAccess':
      return [node.base, node.index];
    case 'parenthesized':
      return [node.expression];
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'ternary':
      return [node.condition, node.whenTrue, node.whenFalse];
    case 'lambda':
      return [node.body];
    case 'for':
      return [node.source, node.body];
    case 'if':
      return [node.condition, node.body];
  }
}

function isPlain(member: PropertyNode | SpreadNode): member is PropertyNode {
  if (member.kind === 'spread') return false;
  return !('kind' in member.key) || member.key.expressions.length === 0;
}

function memberExpressions(member: PropertyNode | SpreadNode): Expression[] {
  if (member.kind === 'spread') return [member.expression];
  return 'kind' in member.key ? [...member.key.expressions, member.value] : [member.value];
}

function isSpread(item: Expression | SpreadNode): item is SpreadNode {
  return item.kind === 'spread';
}

function unspread(item: Expression | SpreadNode): Expression {
  return item.kind === 'spread' ? item.expression : item;
}

/** Visits `node` and everything below it, parents first. */
export function walk(node: Expression, visit: (node: Expression) => void): void {
  visit(node);
  for (const child of childrenOf(node)) walk(child, visit);
}

/** A property's name, when it is not interpolated. */
export function keyText(property: PropertyNode): string | undefined {
  return 'kind' in property.key ? literalText(property.key) : property.key.name;
}

/** The text of a string without interpolation. */
export function literalText(node: StringNode | ErrorNode): string | undefined {
  const isText = node.kind === 'string' && node.expressions.length === 0;
  return isText ? (node.segments[0] ?? '') : undefined;
}

export function findProperty(object: ObjectNode, name: string): PropertyNode | undefined {
  return object.properties.find(
    (member): member is PropertyNode => member.kind === 'property' && keyText(member) === name,
  );
}

/** Without parentheses and `!`. */
export function unwrap(node: Expression): Expression {
  if (node.kind === 'parenthesized') return unwrap(node.expression);
  return node.kind === 'nonNull' ? unwrap(node.base) : node;
}
