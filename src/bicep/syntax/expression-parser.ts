import type { DiagnosticCode } from '../diagnostics/catalogue.js';
import { CollectionParser } from './collection-parser.js';
import type {
  ArrayNode,
  ErrorNode,
  Expression,
  Identifier,
  LambdaNode,
  ObjectNode,
  Statement,
  StringNode,
} from './nodes.js';
import {
  ANYWHERE,
  DECLARATIONS,
  isError,
  isMissing,
  OPERAND_END,
  type ExpressionOptions,
  type Expressions,
  type ParenthesizedList,
} from './expressions.js';
import { LoopParser } from './loop-parser.js';
import { parseString } from './string-parser.js';
import type { TokenReader } from './token-reader.js';

const PRECEDENCE: Record<string, number> = {
  '*': 100,
  '/': 100,
  '%': 100,
  '+': 90,
  '-': 90,
  '>': 80,
  '>=': 80,
  '<': 80,
  '<=': 80,
  '==': 70,
  '!=': 70,
  '=~': 70,
  '!~': 70,
  '&&': 50,
  '||': 40,
  '??': 30,
};
/** What may follow a value and is part of it. */
const SUFFIXES = new Set(['[', '.', '::', '!']);
const ARGUMENT_END = ['newline', ',', ')'];
const MAX_DEPTH = 400;
const MAX_INTEGER = 2n ** 64n;

/** Recursive descent over expressions. A fault spoils only the part it is in. */
export class ExpressionParser implements Expressions {
  readonly reader: TokenReader;
  readonly collections: CollectionParser;
  readonly loops: LoopParser;
  #depth = 0;

  /** @param nestedResource parses a `resource` declared inside a resource's body */
  constructor(reader: TokenReader, nestedResource: () => Statement | ErrorNode) {
    this.reader = reader;
    this.collections = new CollectionParser(this, nestedResource);
    this.loops = new LoopParser(this);
  }

  expression(options: ExpressionOptions = ANYWHERE): Expression {
    if (this.#depth >= MAX_DEPTH) throw this.reader.fault('BCP009');
    this.#depth += 1;
    try {
      return this.#ternary(options);
    } finally {
      this.#depth -= 1;
    }
  }

  /** `until` also ends what could not be understood. */
  recovered(options: ExpressionOptions, quiet: boolean, until: readonly string[]): Expression {
    return this.reader.recover(() => this.expression(options), { quiet, until });
  }

  #ternary(options: ExpressionOptions): Expression {
    const { reader } = this;
    const { start } = reader.current;
    const condition = this.#binary(0, options);
    if (reader.peekPastNewlines().text === '?') reader.skipNewlines();
    if (!reader.accept('?')) return condition;
    const whenTrue = this.recovered(options, false, [':', ...OPERAND_END]);
    if (whenTrue.kind !== 'error' && reader.peekPastNewlines().text === ':') reader.skipNewlines();
    const colon = reader.recover(() => reader.expect(':'), {
      until: OPERAND_END,
      quiet: isMissing(whenTrue),
    });
    const whenFalse = this.recovered(options, isMissing(colon), OPERAND_END);
    return { kind: 'ternary', condition, whenTrue, whenFalse, span: reader.spanFrom(start) };
  }

  #binary(minimum: number, options: ExpressionOptions): Expression {
    const { reader } = this;
    const { start } = reader.current;
    let left = this.#unary(options);
    for (;;) {
      const operator = reader.current.text;
      const precedence = reader.atKind('punctuation') ? PRECEDENCE[operator] : undefined;
      if (precedence === undefined || precedence <= minimum) return left;
      reader.next();
      const right = reader.recover(() => this.#binary(precedence, options), { until: OPERAND_END });
      left = { kind: 'binary', operator, left, right, span: reader.spanFrom(start) };
    }
  }

  #unary(options: ExpressionOptions): Expression {
    const { reader } = this;
    const { start, text } = reader.current;
    if (!reader.atKind('punctuation') || (text !== '!' && text !== '-' && text !== '+'))
      return this.#member(options);
    reader.next();
    const operand = reader.recover(() => this.#member(options), { until: OPERAND_END });
    return { kind: 'unary', operator: text, operand, span: reader.spanFrom(start) };
  }

  #member(options: ExpressionOptions): Expression {
    const { reader } = this;
    const { start } = reader.current;
    let base = this.#primary(options);
    while (reader.atKind('punctuation') && SUFFIXES.has(reader.current.text)) {
      const { text } = reader.next();
      if (text === '[') base = this.#indexer(base, start, options);
      else if (text === '.') base = this.#property(base, start, options);
      else if (text === '::') {
        const name = reader.identifierOrMissing('BCP020');
        base = { kind: 'resourceAccess', base, name, span: reader.spanFrom(start) };
      } else base = { kind: 'nonNull', base, span: reader.spanFrom(start) };
    }
    return base;
  }

  #indexer(base: Expression, start: number, options: ExpressionOptions): Expression {
    const { reader } = this;
    const safe = reader.accept('?');
    const fromEnd = reader.accept('^');
    const index = reader.at(']') ? reader.missing('BCP117') : this.expression(options);
    reader.expect(']');
    return { kind: 'arrayAccess', base, index, safe, fromEnd, span: reader.spanFrom(start) };
  }

  #property(base: Expression, start: number, options: ExpressionOptions): Expression {
    const { reader } = this;
    const mark = reader.current;
    const safe = reader.accept('?');
    const name = reader.identifierOrMissing('BCP020');
    if (!reader.at('('))
      return { kind: 'propertyAccess', base, name, safe, span: reader.spanFrom(start) };
    if (safe) reader.report({ start: mark.start, end: mark.end }, 'BCP322');
    const args = this.callArguments(options);
    return { kind: 'instanceCall', base, name, args, span: reader.spanFrom(start) };
  }

  #primary(options: ExpressionOptions): Expression {
    const { reader } = this;
    const { kind, text, start } = reader.current;
    if (kind === 'integer') return this.#integer();
    if (kind === 'string' || kind === 'stringLeft') return this.string();
    if (kind === 'identifier') return this.#identifierExpression(options);
    if (kind === 'punctuation' && (text === '{' || text === '[')) return this.#literal(options);
    if (kind === 'punctuation' && text === '(') return this.#parenthesized(start, options);
    throw reader.fault('BCP009');
  }

  #literal(options: ExpressionOptions): Expression {
    const { reader } = this;
    if (!options.literals) throw reader.fault('BCP087');
    if (reader.at('{')) return this.object();
    return reader.peekPastNewlinesAfter().text === 'for' ? this.loops.loop() : this.array();
  }

  #integer(): Expression {
    const { reader } = this;
    const value = BigInt(reader.current.text);
    if (value >= MAX_INTEGER) throw reader.fault('BCP010');
    const { start, end } = reader.next();
    return { kind: 'literal', value, span: { start, end } };
  }

  #identifierExpression(options: ExpressionOptions): Expression {
    const { reader } = this;
    const { text, start } = reader.current;
    if (text === 'true' || text === 'false' || text === 'null') {
      const value = text === 'null' ? null : text === 'true';
      reader.next();
      return { kind: 'literal', value, span: reader.spanFrom(start) };
    }
    const name = reader.identifier('BCP023');
    if (reader.at('('))
      return {
        kind: 'call',
        name,
        args: this.callArguments(options),
        span: reader.spanFrom(start),
      };
    if (reader.at('=>')) return this.#lambda([name], start);
    return { kind: 'variable', name: name.name, span: name.span };
  }

  callArguments(options: ExpressionOptions = ANYWHERE): Expression[] {
    return this.collections.elements(')', () => this.recovered(options, false, ARGUMENT_END));
  }

  /** `(a)`, and `(a, b) => …`. */
  #parenthesized(start: number, options: ExpressionOptions): Expression {
    const { reader } = this;
    const list = this.parenthesizedList(() => this.expression(options), true);
    if (reader.at('=>')) return this.#lambda(this.variables(list), start);
    return this.enclosed(list, start);
  }

  /** @param start of the opening parenthesis of what was read last */
  enclosed(list: ParenthesizedList<Expression>, start: number): Expression {
    const { reader } = this;
    const [expression, second] = list;
    const span = reader.spanFrom(start);
    if (expression && !second && !list.comma) return { kind: 'parenthesized', expression, span };
    const inner = {
      start: expression?.span.start ?? start + 1,
      end: expression ? list.end : start + 1,
    };
    if (list.length !== 1) reader.report(inner, 'BCP243');
    return { kind: 'parenthesized', expression: { kind: 'error', span: inner }, span };
  }

  /** What is between parentheses, separated by commas. */
  parenthesizedList<T extends { span: { start: number; end: number } }>(
    parse: () => T,
    newlines: boolean,
  ): ParenthesizedList<T> {
    const { reader } = this;
    const skip = (): void => {
      if (newlines) reader.skipNewlines();
    };
    reader.expect('(');
    skip();
    const items: (T | ErrorNode)[] = [];
    let comma = false;
    let end = reader.previousEnd;
    while (!reader.at(')')) {
      items.push(reader.recover(parse, { until: [...OPERAND_END, ','] }));
      comma = false;
      end = reader.previousEnd;
      skip();
      if (!reader.accept(',')) break;
      comma = true;
      end = reader.previousEnd;
      skip();
    }
    const last = items.at(-1);
    const close = reader.recover(() => reader.expect(')'), {
      until: ['stringRight', '}', ']', 'newline'],
      quiet: !comma && last !== undefined && isMissing(last),
    });
    return Object.assign(items, { comma, end, closed: !isError(close) });
  }

  /** The names that `(a, b)` was read for. */
  variables(list: readonly (Expression | ErrorNode)[]): Identifier[] {
    return list.map((item) => ({
      name: item.kind === 'variable' ? item.name : '',
      span: item.span,
    }));
  }

  #lambda(parameters: Identifier[], start: number): LambdaNode {
    const { reader } = this;
    reader.expect('=>');
    if (!DECLARATIONS.has(reader.peekPastNewlines().text)) reader.skipNewlines();
    const body = this.recovered(ANYWHERE, false, ['newline', ')']);
    return { kind: 'lambda', parameters, body, span: reader.spanFrom(start) };
  }

  string(): StringNode | ErrorNode {
    return parseString(this);
  }

  /** A string; where there is none, or its end is not found, a fault at its beginning. */
  requiredString(code: DiagnosticCode): StringNode {
    const { reader } = this;
    const { current } = reader;
    if (current.kind === 'string' || current.kind === 'stringLeft') {
      const string = this.string();
      if (string.kind !== 'error') return string;
    }
    throw reader.faultAt(current, code);
  }

  array(): ArrayNode {
    return this.collections.array();
  }

  object(resources = false): ObjectNode {
    return this.collections.object(resources);
  }
}
