import type { Expression } from './ast.js';

const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** The text of an expression without outer brackets, spaced as the Bicep compiler spaces it. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'number'
        ? String(expression.value)
        : `'${expression.value.replaceAll("'", "''")}'`;
    case 'call':
      return `${expression.name}(${expression.args.map(printExpression).join(', ')})`;
    case 'access': {
      const { base, property } = expression;
      const dotted =
        property.kind === 'literal' &&
        typeof property.value === 'string' &&
        IDENTIFIER.test(property.value);
      return dotted
        ? `${printExpression(base)}.${property.value}`
        : `${printExpression(base)}[${printExpression(property)}]`;
    }
  }
}
