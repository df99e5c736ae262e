import type { Span } from '../diagnostics/diagnostic.js';
import type { DiagnosticCode } from '../diagnostics/catalogue.js';
import type { DiagnosticSink } from '../diagnostics/sink.js';
import type { Identifier } from './nodes.js';
import type { Token, TokenKind } from './tokens.js';

/** Unwinds the parser to the nearest place that can go on; reported before it is thrown. */
export class SyntaxFault extends Error {}

const TRIVIA: ReadonlySet<TokenKind> = new Set(['whitespace', 'comment', 'directive']);
const END: Token = { kind: 'end', text: '', start: 0, end: 0 };
const MAX_IDENTIFIER = 255;

/** Walks the tokens of a file without its trivia. */
export class TokenReader {
  readonly sink: DiagnosticSink;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(tokens: readonly Token[], sink: DiagnosticSink) {
    this.#tokens = tokens.filter((token) => !TRIVIA.has(token.kind));
    this.sink = sink;
  }

  get current(): Token {
    return this.#tokens[this.#index] ?? this.#tokens.at(-1) ?? END;
  }

  /** Where the token before the current one ended. */
  get previousEnd(): number {
    return this.#tokens[this.#index - 1]?.end ?? 0;
  }

  get position(): number {
    return this.#index;
  }

  peek(distance: number): Token {
    return this.#tokens[this.#index + distance] ?? this.current;
  }

  /** The next token that is no line break. */
  peekPastNewlines(): Token {
    let distance = 0;
    while (this.peek(distance).kind === 'newline') distance += 1;
    return this.peek(distance);
  }

  /** The token after the current one and any line breaks. */
  peekPastNewlinesAfter(): Token {
    let distance = 1;
    while (this.peek(distance).kind === 'newline') distance += 1;
    return this.peek(distance);
  }

  next(): Token {
    const token = this.current;
    if (token.kind !== 'end') this.#index += 1;
    return token;
  }

  at(text: string): boolean {
    const { kind } = this.current;
    return this.current.text === text && (kind === 'punctuation' || kind === 'identifier');
  }

  atKind(kind: TokenKind): boolean {
    return this.current.kind === kind;
  }

  /** At the text that follows an interpolated expression, which ends whatever is open in it. */
  get inString(): boolean {
    return this.atKind('stringRight') || this.atKind('stringMiddle');
  }

  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.next();
    return true;
  }

  skipNewlines(): void {
    while (this.atKind('newline')) this.next();
  }

  spanFrom(start: number): Span {
    return { start, end: Math.max(start, this.previousEnd) };
  }

  expect(character: string): Token {
    if (this.at(character)) return this.next();
    throw this.fault('BCP018', character);
  }

  expectKeyword(keyword: string): void {
    if (!this.accept(keyword)) throw this.fault('BCP012', keyword);
  }

  identifier(code: DiagnosticCode): Identifier {
    if (!this.atKind('identifier')) throw this.fault(code);
    const { text, start, end } = this.next();
    if (text.length > MAX_IDENTIFIER)
      this.sink.report({ start, end }, 'BCP024', String(MAX_IDENTIFIER));
    return { name: text, span: { start, end } };
  }

  /** Reports at the current token (nothing wide at a line's or the file's end). */
  fault(code: DiagnosticCode, ...args: string[]): SyntaxFault {
    const { kind, start, end } = this.current;
    const empty = kind === 'newline' || kind === 'end';
    this.sink.report({ start, end: empty ? start : end }, code, ...args);
    return new SyntaxFault(code);
  }

  /** Skips to one of `texts`, to a line break or to the end, leaving it unread. Nested brackets are stepped over. */
  synchronize(...texts: string[]): void {
    let depth = 0;
    while (!this.atKind('end')) {
      if (
        depth === 0 &&
        (this.atKind('newline') || this.inString || texts.some((text) => this.at(text)))
      )
        return;
      if (this.at('{') || this.at('[') || this.at('(')) depth += 1;
      if (this.at('}') || this.at(']') || this.at(')')) depth = Math.max(0, depth - 1);
      this.next();
    }
  }
}
