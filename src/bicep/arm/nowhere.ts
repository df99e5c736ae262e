import type { Span } from '../diagnostics/diagnostic.js';
import type { Expression, Identifier, StringNode } from '../syntax/nodes.js';

/** Where nodes are that no text was read for. */
export const NOWHERE: Span = { start: 0, end: 0 };

export function identifier(name: string): Identifier {
  return { name, span: NOWHERE };
}

export function stringNode(text: string): StringNode {
  return { kind: 'string', segments: [text], expressions: [], span: NOWHERE };
}

export function callNode(name: string, ...args: Expression[]): Expression {
  return { kind: 'call', name: identifier(name), args, span: NOWHERE };
}
