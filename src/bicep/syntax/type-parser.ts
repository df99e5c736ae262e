import type { ExpressionParser } from './expression-parser.js';
import type { Decorator, TypeNode, TypeProperty } from './nodes.js';
import type { TokenReader } from './token-reader.js';

const PARAMETERIZED = new Set(['resource', 'resourceInput', 'resourceOutput']);
const MAX_DEPTH = 100;

/** Recursive descent over type expressions. */
export class TypeParser {
  readonly #reader: TokenReader;
  readonly #expressions: ExpressionParser;
  readonly #decorators: () => Decorator[];
  #depth = 0;

  constructor(expressions: ExpressionParser, decorators: () => Decorator[]) {
    this.#reader = expressions.reader;
    this.#expressions = expressions;
    this.#decorators = decorators;
  }

  type(): TypeNode {
    if (this.#depth >= MAX_DEPTH) throw this.#reader.fault('BCP279');
    this.#depth += 1;
    try {
      return this.#union();
    } finally {
      this.#depth -= 1;
    }
  }

  #union(): TypeNode {
    const reader = this.#reader;
    const { start } = reader.current;
    if (reader.peekPastNewlines().text === '|') reader.skipNewlines();
    reader.accept('|');
    const members = [this.#postfix()];
    for (;;) {
      if (reader.peekPastNewlines().text === '|') reader.skipNewlines();
      if (!reader.accept('|')) break;
      members.push(this.#postfix());
    }
    const [only] = members;
    return members.length === 1 && only
      ? only
      : { kind: 'unionType', members, span: reader.spanFrom(start) };
  }

  #postfix(): TypeNode {
    const reader = this.#reader;
    const { start } = reader.current;
    let base = this.#primary();
    for (;;) {
      if (reader.accept('?')) base = { kind: 'nullableType', base, span: reader.spanFrom(start) };
      else if (reader.accept('!'))
        base = { kind: 'nonNullableType', base, span: reader.spanFrom(start) };
      else if (reader.accept('[')) base = this.#bracket(base, start);
      else if (reader.accept('.')) {
        const all = reader.accept('*');
        const step = all ? '*' : reader.identifier('BCP020').name;
        if (PARAMETERIZED.has(step) && reader.at('<')) base = this.#resourceType(step, start);
        else base = { kind: 'typeAccess', base, step, all, span: reader.spanFrom(start) };
      } else return base;
    }
  }

  #bracket(base: TypeNode, start: number): TypeNode {
    const reader = this.#reader;
    if (reader.accept(']')) return { kind: 'arrayType', item: base, span: reader.spanFrom(start) };
    const all = reader.accept('*');
    if (!all && !reader.atKind('integer')) throw reader.fault('BCP021');
    const step = all ? '*' : Number(reader.next().text);
    reader.expect(']');
    return { kind: 'typeAccess', base, step, all, span: reader.spanFrom(start) };
  }

  #primary(): TypeNode {
    const reader = this.#reader;
    const { kind, text, start } = reader.current;
    if (kind === 'integer') return this.#integer(1n, start);
    if (kind === 'string')
      return {
        kind: 'typeLiteral',
        value: reader.next().value ?? '',
        span: reader.spanFrom(start),
      };
    if (kind === 'stringLeft') throw reader.fault('BCP032');
    if (kind === 'identifier') return this.#named(start);
    if (kind === 'punctuation') {
      if (text === '{') return this.#object();
      if (text === '[') return this.#tuple();
      if (text === '-') {
        reader.next();
        if (!reader.atKind('integer')) throw reader.fault('BCP021');
        return this.#integer(-1n, start);
      }
      if (text === '!' && /^(true|false)$/.test(reader.peek(1).text)) {
        reader.next();
        return {
          kind: 'typeLiteral',
          value: reader.next().text === 'false',
          span: reader.spanFrom(start),
        };
      }
      if (text === '(') return this.#parenthesized(start);
    }
    throw reader.fault('BCP279');
  }

  #integer(sign: bigint, start: number): TypeNode {
    const value = sign * BigInt(this.#reader.next().text);
    return { kind: 'typeLiteral', value, span: this.#reader.spanFrom(start) };
  }

  #parenthesized(start: number): TypeNode {
    const reader = this.#reader;
    reader.next();
    reader.skipNewlines();
    const type = this.type();
    reader.skipNewlines();
    reader.expect(')');
    return { kind: 'parenthesizedType', type, span: reader.spanFrom(start) };
  }

  #named(start: number): TypeNode {
    const reader = this.#reader;
    const { name } = reader.identifier('BCP325');
    if (name === 'true' || name === 'false' || name === 'null')
      return {
        kind: 'typeLiteral',
        value: name === 'null' ? null : name === 'true',
        span: reader.spanFrom(start),
      };
    if (PARAMETERIZED.has(name) && reader.at('<')) return this.#resourceType(name, start);
    return { kind: 'typeName', name, span: reader.spanFrom(start) };
  }

  #resourceType(name: string, start: number): TypeNode {
    const reader = this.#reader;
    reader.expect('<');
    reader.skipNewlines();
    if (!reader.atKind('string')) throw reader.fault('BCP068');
    const argument = reader.next().value ?? '';
    reader.skipNewlines();
    reader.expect('>');
    return { kind: 'resourceType', name, argument, span: reader.spanFrom(start) };
  }

  #object(): TypeNode {
    const reader = this.#reader;
    const { start } = reader.current;
    const properties = this.#members('{', '}', () => this.#property());
    return { kind: 'objectType', properties, span: reader.spanFrom(start) };
  }

  #property(): TypeProperty {
    const reader = this.#reader;
    const { start } = reader.current;
    const decorators = this.#decorators();
    const name = this.#propertyName();
    reader.expect(':');
    return { name, decorators, type: this.type(), span: reader.spanFrom(start) };
  }

  #propertyName(): string | undefined {
    const reader = this.#reader;
    if (reader.accept('*')) return undefined;
    if (reader.atKind('string')) return reader.next().value ?? '';
    if (reader.atKind('stringLeft')) throw reader.fault('BCP296');
    return reader.identifier('BCP317').name;
  }

  #tuple(): TypeNode {
    const reader = this.#reader;
    const { start } = reader.current;
    const items = this.#members('[', ']', (): TypeProperty => {
      const itemStart = reader.current.start;
      const decorators = this.#decorators();
      return { name: undefined, decorators, type: this.type(), span: reader.spanFrom(itemStart) };
    });
    return { kind: 'tupleType', items, span: reader.spanFrom(start) };
  }

  #members(open: string, close: string, parse: () => TypeProperty): TypeProperty[] {
    const reader = this.#reader;
    const members: TypeProperty[] = [];
    reader.expect(open);
    reader.skipNewlines();
    while (!reader.at(close)) {
      if (reader.atKind('end') || reader.inString) throw reader.fault('BCP018', close);
      const member = this.#expressions.recover(parse, close, ',');
      if ('type' in member) members.push(member);
      if (reader.at(close)) break;
      if (reader.accept(',') || reader.atKind('newline')) reader.skipNewlines();
      else {
        reader.fault('BCP236');
        reader.synchronize(close, ',');
        reader.skipNewlines();
      }
    }
    reader.expect(close);
    return members;
  }
}
