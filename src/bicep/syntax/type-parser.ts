import type { ExpressionParser } from './expression-parser.js';
import { isMissing, OPERAND_END } from './expressions.js';
import type { Decorator, ErrorNode, TypeNode, TypeProperty } from './nodes.js';
import { describeDeclared } from '../types/declared-types.js';
import type { TokenReader } from './token-reader.js';

const PARAMETERIZED = new Set(['resource', 'resourceInput', 'resourceOutput']);
/** `Microsoft.App/containerApps@2024-03-01`, with its namespace before it or not. */
const RESOURCE_TYPE =
  /^(?:\w+:)?[A-Za-z0-9.]+(?:\/[A-Za-z0-9_.-]+)+@\d{4}-\d{2}-\d{2}[A-Za-z0-9-]*$/;
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
    const isUnion = this.#pipe();
    const members = [this.#postfix()];
    while (this.#pipe())
      members.push(
        reader.atKind('newline')
          ? reader.missing('BCP300')
          : reader.recover(() => this.#postfix(), { until: [] }),
      );
    const [only] = members;
    return members.length === 1 && only && !isUnion
      ? only
      : { kind: 'unionType', members, span: reader.spanFrom(start) };
  }

  #pipe(): boolean {
    const reader = this.#reader;
    if (reader.peekPastNewlines().text === '|') reader.skipNewlines();
    return reader.accept('|');
  }

  #postfix(): TypeNode {
    const reader = this.#reader;
    const { start } = reader.current;
    let base = this.#unary();
    for (;;) {
      if (reader.accept('?')) base = { kind: 'nullableType', base, span: reader.spanFrom(start) };
      else if (reader.accept('!'))
        base = { kind: 'nonNullableType', base, span: reader.spanFrom(start) };
      else return base;
    }
  }

  /** `-1`, `!true`. */
  #unary(): TypeNode {
    const reader = this.#reader;
    const { start, text } = reader.current;
    if (!reader.atKind('punctuation') || !/^[-!+]$/.test(text)) return this.#member();
    reader.next();
    const operand = reader.recover(() => this.#member(), { until: OPERAND_END });
    const span = reader.spanFrom(start);
    const value = operand.kind === 'typeLiteral' ? operand.value : undefined;
    if (typeof value === 'bigint' && text !== '!')
      return { kind: 'typeLiteral', value: text === '-' ? -value : value, span };
    if (typeof value === 'boolean' && text === '!')
      return { kind: 'typeLiteral', value: !value, span };
    if (operand.kind !== 'error') reader.report(span, 'BCP285');
    return { kind: 'error', span };
  }

  #member(): TypeNode {
    const reader = this.#reader;
    const { start } = reader.current;
    let base = this.#primary();
    for (;;) {
      if (reader.accept('[')) base = this.#bracket(base, start);
      else if (reader.accept('.')) {
        const all = reader.accept('*');
        const step = all ? '*' : reader.identifierOrMissing('BCP020').name;
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
    if (kind === 'integer') {
      const value = BigInt(reader.next().text);
      return { kind: 'typeLiteral', value, span: reader.spanFrom(start) };
    }
    if (kind === 'string' || kind === 'stringLeft') return this.#string();
    if (kind === 'identifier') return this.#named(start);
    if (kind === 'punctuation') {
      if (text === '{') return this.#object();
      if (text === '[') return this.#tuple();
      if (text === '(') return this.#parenthesized(start);
    }
    throw reader.fault('BCP279');
  }

  #string(): TypeNode {
    const string = this.#expressions.string();
    if (string.kind === 'error') return string;
    if (string.expressions.length === 0)
      return { kind: 'typeLiteral', value: string.segments[0] ?? '', span: string.span };
    this.#reader.report(string.span, 'BCP032');
    return { kind: 'error', span: string.span };
  }

  #parenthesized(start: number): TypeNode {
    const reader = this.#reader;
    const list = this.#expressions.parenthesizedList(() => this.type(), false);
    const span = reader.spanFrom(start);
    const [type, second] = list;
    if (type && !second && !list.comma) return { kind: 'parenthesizedType', type, span };
    if (list.length !== 1) reader.report({ start: start + 1, end: list.end }, 'BCP243');
    return { kind: 'error', span };
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
    const open = reader.current.start;
    const args = this.#expressions.collections.elements('>', () =>
      reader.recover(() => this.type(), { until: ['newline', ',', '>'] }),
    );
    const span = reader.spanFrom(start);
    const [argument] = args;
    if (args.length !== 1 || !argument) {
      reader.report({ start: open, end: span.end }, 'BCP071', '1 argument', String(args.length));
      return { kind: 'error', span };
    }
    const text = argument.kind === 'typeLiteral' ? argument.value : undefined;
    if (typeof text !== 'string') {
      const described = argument.kind === 'error' ? '' : describeDeclared(argument);
      if (described !== '') reader.report(argument.span, 'BCP070', described, 'string');
      return { kind: 'error', span };
    }
    if (RESOURCE_TYPE.test(text)) return { kind: 'resourceType', name, argument: text, span };
    reader.report(argument.span, 'BCP029');
    return { kind: 'error', span };
  }

  #object(): TypeNode {
    const reader = this.#reader;
    const { start } = reader.current;
    reader.expect('{');
    const members = this.#expressions.collections.members('}', () => this.#property());
    reader.expect('}');
    const properties = members.filter((member) => 'type' in member);
    return { kind: 'objectType', properties, span: reader.spanFrom(start) };
  }

  #property(): TypeProperty | ErrorNode {
    const reader = this.#reader;
    const { start } = reader.current;
    const decorators = this.#decorators();
    const name = reader.recover(() => this.#propertyName(), { until: [':', 'newline', '}'] });
    const colon = reader.recover(() => reader.expect(':'), {
      until: ['newline', '}'],
      quiet: typeof name === 'object' && isMissing(name),
    });
    const type = reader.recover(() => this.type(), {
      until: ['newline', '}'],
      quiet: isMissing(colon),
    });
    const span = reader.spanFrom(start);
    return typeof name === 'object' ? { kind: 'error', span } : { name, decorators, type, span };
  }

  #propertyName(): string | ErrorNode | undefined {
    const reader = this.#reader;
    if (reader.accept('*')) return undefined;
    if (reader.atKind('identifier')) return reader.identifier('BCP022').name;
    if (!reader.atKind('string') && !reader.atKind('stringLeft')) throw reader.fault('BCP317');
    const fault = reader.fault('BCP022');
    const key = this.#expressions.string();
    if (key.kind === 'error') throw fault;
    if (key.expressions.length === 0) return key.segments[0] ?? '';
    reader.report(key.span, 'BCP296');
    return { kind: 'error', span: key.span };
  }

  #tuple(): TypeNode {
    const reader = this.#reader;
    const { start } = reader.current;
    reader.expect('[');
    const members = this.#expressions.collections.members(']', () =>
      reader.recover(
        (): TypeProperty => {
          const { start: from } = reader.current;
          const decorators = this.#decorators();
          const type = this.type();
          return { name: undefined, decorators, type, span: reader.spanFrom(from) };
        },
        { until: ['newline', ']'] },
      ),
    );
    reader.expect(']');
    const items = members.filter((member) => 'type' in member);
    return { kind: 'tupleType', items, span: reader.spanFrom(start) };
  }
}
