/** A string, or a whole number, written in an expression. */
export interface LiteralExpression {
  readonly kind: 'literal';
  readonly value: string | number;
}

/** `name(args)`; a user-defined function has its namespace in the name, `'contoso.uniqueName'`. */
export interface CallExpression {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
}

/** `base.name` or `base[expression]`. */
export interface AccessExpression {
  readonly kind: 'access';
  readonly base: Expression;
  readonly property: Expression;
}

/** The language between `[` and `]` in a template's strings. */
export type Expression = LiteralExpression | CallExpression | AccessExpression;

export function literal(value: string | number): LiteralExpression {
  return { kind: 'literal', value };
}

export function call(name: string, ...args: Expression[]): CallExpression {
  return { kind: 'call', name, args };
}

export function access(base: Expression, ...properties: (Expression | string)[]): Expression {
  return properties.reduce<Expression>(
    (inner, property) => ({
      kind: 'access',
      base: inner,
      property: typeof property === 'string' ? literal(property) : property,
    }),
    base,
  );
}
