import { IN_STRING, type Expressions } from './expressions.js';
import type { ErrorNode, Expression, StringNode } from './nodes.js';

const SEGMENTS = ['stringMiddle', 'stringRight', 'newline'];

/** A string with its interpolations; an error node when the end of the line comes before its own. */
export function parseString(parser: Expressions): StringNode | ErrorNode {
  const { reader } = parser;
  const start = reader.position;
  const first = reader.next();
  const segments = [first.value ?? ''];
  const expressions: Expression[] = [];
  let last = first;
  let isBroken = first.broken === true;
  while (last.kind === 'stringLeft' || last.kind === 'stringMiddle') {
    expressions.push(interpolation(parser));
    if (!reader.atKind('stringMiddle') && !reader.atKind('stringRight'))
      return { kind: 'error', span: reader.spanOf(start) };
    last = reader.next();
    isBroken ||= last.broken === true;
    segments.push(last.value ?? '');
  }
  const span = reader.spanFrom(first.start);
  if (isBroken) return { kind: 'error', span };
  return { kind: 'string', segments, expressions, span };
}

/** What is between `${` and `}`: one expression, and nothing after it. */
function interpolation(parser: Expressions): Expression {
  const { reader } = parser;
  const { start } = reader.current;
  const expression = parser.recovered(IN_STRING, false, SEGMENTS);
  if (reader.isOneOf(SEGMENTS) || reader.atKind('end')) return expression;
  const rest = reader.position;
  reader.synchronize(SEGMENTS);
  reader.report(reader.spanOf(rest), 'BCP064');
  return { kind: 'error', span: { start, end: reader.previousEnd } };
}
