import type { ErrorNode, Expression, Identifier, Node, ObjectNode, StringNode } from './nodes.js';
import type { TokenReader } from './token-reader.js';

/** What may stand in an expression. */
export interface ExpressionOptions {
  /** Arrays and objects; not inside a string. */
  readonly literals: boolean;
}

export const ANYWHERE: ExpressionOptions = { literals: true };
export const IN_STRING: ExpressionOptions = { literals: false };

/** Where an operand that was not understood ends. */
export const OPERAND_END = ['stringRight', '}', ')', ']', 'newline'];

/** The parser of expressions as the parsers of their parts see it. */
export interface Expressions {
  readonly reader: TokenReader;
  expression(options?: ExpressionOptions): Expression;
  /** `until` also ends what could not be understood. */
  recovered(options: ExpressionOptions, quiet: boolean, until: readonly string[]): Expression;
  string(): StringNode | ErrorNode;
  object(resources?: boolean): ObjectNode;
  parenthesizedList<T extends Node>(parse: () => T, newlines: boolean): ParenthesizedList<T>;
  enclosed(list: ParenthesizedList<Expression>, start: number): Expression;
  variables(list: readonly (Expression | ErrorNode)[]): Identifier[];
}

/** What stands between parentheses. */
export type ParenthesizedList<T> = (T | ErrorNode)[] & {
  /** The last token inside is a comma. */
  readonly comma: boolean;
  /** Where the last token inside ends. */
  readonly end: number;
  readonly closed: boolean;
};

/** Words that begin a declaration, so what is before them has ended. */
export const DECLARATIONS: ReadonlySet<string> = new Set(
  'metadata param var resource module output func type targetScope import extension using assert test'.split(
    ' ',
  ),
);

export function isError(node: object): boolean {
  return 'kind' in node && node.kind === 'error';
}

/** Nothing stood there: what should follow it is not missed as well. */
export function isMissing(node: object): boolean {
  if (!('span' in node)) return false;
  const { start, end } = node.span as Node['span'];
  return start === end && (isError(node) || ('name' in node && node.name === ''));
}
