import type {
  ErrorNode,
  Expression,
  ObjectNode,
  PropertyNode,
  SpreadNode,
  StringNode,
} from './nodes.js';

/**
 * Calls `visit` with each expression directly inside one, in the order of the text. Nested `resource` declarations
 * are not among them. No list is made: every stage walks every expression, mostly in code that runs cold.
 */
export function eachChild(node: Expression, visit: (child: Expression) => void): void {
  switch (node.kind) {
    case 'error':
    case 'literal':
    case 'variable':
      return;
    case 'string':
      node.expressions.forEach(visit);
      return;
    case 'array':
      for (const item of node.items) visit(item.kind === 'spread' ? item.expression : item);
      return;
    case 'object':
      node.properties.forEach((member) => {
        eachOfMember(member, visit);
      });
      return;
    case 'call':
      node.args.forEach(visit);
      return;
    case 'instanceCall':
      visit(node.base);
      node.args.forEach(visit);
      return;
    case 'propertyAccess':
    case 'resourceAccess':
    case 'nonNull':
      visit(node.base);
      return;
    case 'arrayAccess':
      visit(node.base);
      visit(node.index);
      return;
    case 'parenthesized':
      visit(node.expression);
      return;
    case 'unary':
      visit(node.operand);
      return;
    case 'binary':
      visit(node.left);
      visit(node.right);
      return;
    case 'ternary':
      visit(node.condition);
      visit(node.whenTrue);
      visit(node.whenFalse);
      return;
    case 'lambda':
      visit(node.body);
      return;
    case 'for':
      visit(node.source);
      visit(node.body);
      return;
    case 'if':
      visit(node.condition);
      visit(node.body);
  }
}

function eachOfMember(member: PropertyNode | SpreadNode, visit: (child: Expression) => void): void {
  if (member.kind === 'spread') visit(member.expression);
  else {
    if ('kind' in member.key) member.key.expressions.forEach(visit);
    visit(member.value);
  }
}

/** The expressions directly inside one. */
export function childrenOf(node: Expression): Expression[] {
  const children: Expression[] = [];
  eachChild(node, (child) => children.push(child));
  return children;
}

/** Visits `node` and everything below it, parents first. */
export function walk(node: Expression, visit: (node: Expression) => void): void {
  const step = (inner: Expression): void => {
    visit(inner);
    eachChild(inner, step);
  };
  step(node);
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
