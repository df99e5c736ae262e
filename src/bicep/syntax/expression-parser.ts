import type {
  ArrayNode,
  Expression,
  ForNode,
  Identifier,
  IfNode,
  LambdaNode,
  ObjectNode,
  PropertyNode,
  SpreadNode,
  Statement,
  StringNode,
} from './nodes.js';
import { SyntaxFault, type TokenReader } from './token-reader.js';

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
const MAX_DEPTH = 400;
const MAX_INTEGER = 2n ** 63n;

/** Recursive descent over expressions. A fault inside an array, object or call spoils only that item. */
export class ExpressionParser {
  readonly reader: TokenReader;
  /** Parses a `resource` declared inside a resource's body; set by the statement parser. */
  nestedResource: (() => Statement | undefined) | undefined;
  #depth = 0;

  constructor(reader: TokenReader) {
    this.reader = reader;
  }

  expression(): Expression {
    if (this.#depth >= MAX_DEPTH) throw this.reader.fault('BCP009');
    this.#depth += 1;
    try {
      return this.#ternary();
    } finally {
      this.#depth -= 1;
    }
  }

  /** Runs `parse`; on a fault skips to one of `terminators` and answers an error node. */
  recover<T>(
    parse: () => T,
    ...terminators: string[]
  ): T | { kind: 'error'; span: { start: number; end: number } } {
    const { start } = this.reader.current;
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      this.reader.synchronize(...terminators);
      return { kind: 'error', span: this.reader.spanFrom(start) };
    }
  }

  #ternary(): Expression {
    const { reader } = this;
    const { start } = reader.current;
    const condition = this.#binary(0);
    if (reader.peekPastNewlines().text === '?') reader.skipNewlines();
    if (!reader.accept('?')) return condition;
    reader.skipNewlines();
    const whenTrue = this.expression();
    if (reader.peekPastNewlines().text === ':') reader.skipNewlines();
    reader.expect(':');
    reader.skipNewlines();
    const whenFalse = this.expression();
    return { kind: 'ternary', condition, whenTrue, whenFalse, span: reader.spanFrom(start) };
  }

  #binary(minimum: number): Expression {
    const { reader } = this;
    const { start } = reader.current;
    let left = this.#unary();
    for (;;) {
      const operator = reader.current.text;
      const precedence = reader.atKind('punctuation') ? PRECEDENCE[operator] : undefined;
      if (precedence === undefined || precedence <= minimum) return left;
      reader.next();
      const right = this.#binary(precedence);
      left = { kind: 'binary', operator, left, right, span: reader.spanFrom(start) };
    }
  }

  #unary(): Expression {
    const { reader } = this;
    const { start, text } = reader.current;
    if (!reader.atKind('punctuation') || (text !== '!' && text !== '-' && text !== '+'))
      return this.#member();
    if (this.#depth >= MAX_DEPTH) throw reader.fault('BCP009');
    this.#depth += 1;
    reader.next();
    const operand = this.#unary();
    this.#depth -= 1;
    return { kind: 'unary', operator: text, operand, span: reader.spanFrom(start) };
  }

  #member(): Expression {
    const { reader } = this;
    const { start } = reader.current;
    let base = this.#primary();
    for (;;) {
      if (reader.accept('[')) base = this.#indexer(base, start);
      else if (reader.accept('.')) base = this.#property(base, start);
      else if (reader.accept('::')) {
        const name = reader.identifier('BCP020');
        base = { kind: 'resourceAccess', base, name, span: reader.spanFrom(start) };
      } else if (reader.accept('!')) base = { kind: 'nonNull', base, span: reader.spanFrom(start) };
      else return base;
    }
  }

  #indexer(base: Expression, start: number): Expression {
    const { reader } = this;
    const safe = reader.accept('?');
    const fromEnd = reader.accept('^');
    if (reader.at(']')) throw reader.fault('BCP117');
    const index = this.expression();
    reader.expect(']');
    return { kind: 'arrayAccess', base, index, safe, fromEnd, span: reader.spanFrom(start) };
  }

  #property(base: Expression, start: number): Expression {
    const { reader } = this;
    const safe = reader.accept('?');
    const name = reader.identifier('BCP020');
    if (!reader.at('('))
      return { kind: 'propertyAccess', base, name, safe, span: reader.spanFrom(start) };
    return {
      kind: 'instanceCall',
      base,
      name,
      args: this.callArguments(),
      span: reader.spanFrom(start),
    };
  }

  #primary(): Expression {
    const { reader } = this;
    const { kind, text, start } = reader.current;
    if (kind === 'integer') return this.#integer();
    if (kind === 'string' || kind === 'stringLeft') return this.string();
    if (kind === 'identifier') return this.#identifierExpression();
    if (kind === 'punctuation' && text === '{') return this.object();
    if (kind === 'punctuation' && text === '[')
      return reader.peekPastNewlinesAfter().text === 'for' ? this.forLoop() : this.#array();
    if (kind === 'punctuation' && text === '(')
      return this.#isLambda() ? this.#lambda() : this.#parenthesized(start);
    throw reader.fault('BCP009');
  }

  #integer(): Expression {
    const { reader } = this;
    const token = reader.next();
    const span = { start: token.start, end: token.end };
    const value = BigInt(token.text);
    if (value > MAX_INTEGER) reader.sink.report(span, 'BCP010');
    return { kind: 'literal', value, span };
  }

  #identifierExpression(): Expression {
    const { reader } = this;
    const { text, start } = reader.current;
    if (reader.peek(1).text === '=>') return this.#lambda();
    if (text === 'true' || text === 'false' || text === 'null') {
      reader.next();
      return {
        kind: 'literal',
        value: text === 'null' ? null : text === 'true',
        span: reader.spanFrom(start),
      };
    }
    const name = reader.identifier('BCP023');
    if (!reader.at('(')) return { kind: 'variable', name: name.name, span: name.span };
    return { kind: 'call', name, args: this.callArguments(), span: reader.spanFrom(start) };
  }

  callArguments(): Expression[] {
    const { reader } = this;
    const args: Expression[] = [];
    reader.expect('(');
    reader.skipNewlines();
    while (!reader.at(')')) {
      if (reader.atKind('end')) throw reader.fault('BCP018', ')');
      args.push(this.expression());
      reader.skipNewlines();
      if (reader.at(')')) break;
      if (!reader.accept(',')) throw reader.fault('BCP237');
      reader.skipNewlines();
      if (reader.at(')')) throw reader.fault('BCP009');
    }
    reader.expect(')');
    return args;
  }

  #parenthesized(start: number): Expression {
    const { reader } = this;
    reader.expect('(');
    reader.skipNewlines();
    if (reader.at(')')) throw reader.fault('BCP243');
    const expression = this.expression();
    reader.skipNewlines();
    if (reader.at(',')) throw reader.fault('BCP243');
    reader.expect(')');
    return { kind: 'parenthesized', expression, span: reader.spanFrom(start) };
  }

  /** `(a, b) =>`: looks ahead without reading. */
  #isLambda(): boolean {
    const { reader } = this;
    let distance = 1;
    for (; ; distance += 1) {
      const { kind, text } = reader.peek(distance);
      if (text === ')') break;
      if (kind !== 'identifier' && kind !== 'newline' && text !== ',') return false;
    }
    return reader.peek(distance + 1).text === '=>';
  }

  #lambda(): LambdaNode {
    const { reader } = this;
    const { start } = reader.current;
    const parameters: Identifier[] = [];
    if (reader.accept('(')) {
      reader.skipNewlines();
      while (!reader.at(')')) {
        parameters.push(reader.identifier('BCP015'));
        reader.skipNewlines();
        if (!reader.at(')')) reader.expect(',');
        reader.skipNewlines();
      }
      reader.expect(')');
    } else {
      parameters.push(reader.identifier('BCP015'));
    }
    reader.expect('=>');
    reader.skipNewlines();
    const body = this.expression();
    return { kind: 'lambda', parameters, body, span: reader.spanFrom(start) };
  }

  string(): StringNode {
    const { reader } = this;
    const first = reader.next();
    const segments = [first.value ?? ''];
    const expressions: Expression[] = [];
    let last = first;
    while (last.kind === 'stringLeft' || last.kind === 'stringMiddle') {
      reader.skipNewlines();
      expressions.push(this.expression());
      reader.skipNewlines();
      if (!reader.atKind('stringMiddle') && !reader.atKind('stringRight'))
        throw reader.fault('BCP064');
      last = reader.next();
      segments.push(last.value ?? '');
    }
    return { kind: 'string', segments, expressions, span: reader.spanFrom(first.start) };
  }

  #array(): ArrayNode {
    const { start } = this.reader.current;
    this.reader.expect('[');
    const items = this.#elements(']', () => this.#arrayItem());
    return { kind: 'array', items, span: this.reader.spanFrom(start) };
  }

  #arrayItem(): Expression | SpreadNode {
    const { start } = this.reader.current;
    return this.reader.accept('...') ? this.#spread(start) : this.expression();
  }

  #spread(start: number): SpreadNode {
    const expression = this.expression();
    return { kind: 'spread', expression, span: this.reader.spanFrom(start) };
  }

  /** Items separated by line breaks or commas, up to `close`, which is read. */
  #elements<T>(
    close: string,
    parse: () => T,
  ): (T | { kind: 'error'; span: { start: number; end: number } })[] {
    const { reader } = this;
    const items: ReturnType<typeof this.recover<T>>[] = [];
    reader.skipNewlines();
    while (!reader.at(close)) {
      if (reader.atKind('end') || reader.inString) throw reader.fault('BCP018', close);
      items.push(this.recover(parse, close, ','));
      if (reader.at(close)) break;
      if (reader.accept(',') || reader.atKind('newline')) reader.skipNewlines();
      else {
        reader.fault('BCP236');
        reader.synchronize(close, ',');
        reader.skipNewlines();
      }
    }
    reader.expect(close);
    return items;
  }

  object(): ObjectNode {
    const { reader } = this;
    const { start } = reader.current;
    reader.expect('{');
    const resources: Statement[] = [];
    const members = this.#elements('}', (): PropertyNode | SpreadNode | undefined => {
      const nested = this.#isNestedResource() ? this.nestedResource?.() : undefined;
      if (!nested) return this.#objectMember();
      resources.push(nested);
      return undefined;
    });
    const properties = members.filter(
      (member) => member?.kind === 'property' || member?.kind === 'spread',
    );
    return { kind: 'object', properties, resources, span: reader.spanFrom(start) };
  }

  #isNestedResource(): boolean {
    const { reader } = this;
    if (reader.at('@')) return true;
    return reader.at('resource') && reader.peek(1).kind === 'identifier';
  }

  #objectMember(): PropertyNode | SpreadNode {
    const { reader } = this;
    const { start } = reader.current;
    if (reader.accept('...')) return this.#spread(start);
    const isString = reader.atKind('string') || reader.atKind('stringLeft');
    const key = isString ? this.string() : reader.identifier('BCP022');
    reader.expect(':');
    const value = this.recover(() => this.expression(), '}', ',');
    return { kind: 'property', key, value, span: reader.spanFrom(start) };
  }

  forLoop(body: () => Expression = () => this.expression()): ForNode {
    const { reader } = this;
    const { start } = reader.current;
    reader.expect('[');
    reader.skipNewlines();
    reader.expectKeyword('for');
    const { item, index } = this.#loopVariables();
    reader.expectKeyword('in');
    const source = this.expression();
    reader.expect(':');
    reader.skipNewlines();
    const loopBody = body();
    reader.skipNewlines();
    reader.expect(']');
    return { kind: 'for', item, index, source, body: loopBody, span: reader.spanFrom(start) };
  }

  #loopVariables(): { item: Identifier; index: Identifier | undefined } {
    const { reader } = this;
    if (!reader.at('(')) return { item: reader.identifier('BCP162'), index: undefined };
    reader.next();
    const item = reader.identifier('BCP136');
    if (!reader.accept(',')) throw reader.fault('BCP249', '1');
    const index = reader.identifier('BCP163');
    if (reader.at(',')) throw reader.fault('BCP249', '3');
    reader.expect(')');
    return { item, index };
  }

  /** The value of a resource or module: an object, `if (…) {…}` or a loop over either. */
  resourceBody(): Expression {
    const { reader } = this;
    if (reader.at('{')) return this.object();
    if (reader.at('if')) return this.#condition();
    if (!reader.at('[')) throw reader.fault('BCP118');
    return this.forLoop(() => {
      if (reader.at('{')) return this.object();
      if (reader.at('if')) return this.#condition();
      throw reader.fault('BCP167');
    });
  }

  #condition(): IfNode {
    const { reader } = this;
    const { start } = reader.current;
    reader.expectKeyword('if');
    const open = reader.current.start;
    if (!reader.at('(')) throw reader.fault('BCP018', '(');
    const condition = this.#parenthesized(open);
    reader.skipNewlines();
    if (!reader.at('{')) throw reader.fault('BCP018', '{');
    const body = this.object();
    return { kind: 'if', condition, body, span: reader.spanFrom(start) };
  }
}
