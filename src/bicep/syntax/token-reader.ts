import type { Span } from '../diagnostics/diagnostic.js';
import type { DiagnosticCode } from '../diagnostics/catalogue.js';
import type { DiagnosticSink } from '../diagnostics/sink.js';
import type { ErrorNode, Identifier } from './nodes.js';
import type { Token, TokenKind } from './tokens.js';

/** Unwinds the parser to the nearest place that can go on, which reports it. */
export class SyntaxFault extends Error {
  readonly report: Report;

  constructor(report: Report) {
    super(report.code);
    this.report = report;
  }
}

interface Report {
  readonly span: Span;
  readonly code: DiagnosticCode;
  readonly args: readonly string[];
}

/** How a fault is dealt with. */
export interface Recovery {
  /** Texts of punctuation and kinds of tokens at which reading goes on; the end always is one. */
  readonly until: readonly string[];
  /** Not told: the part before was missing already, and one mistake is told once. */
  readonly quiet?: boolean;
  /** The token that reading goes on at is read too. */
  readonly consume?: boolean;
}

const TRIVIA: ReadonlySet<TokenKind> = new Set(['comment', 'directive']);
const END: Token = { kind: 'end', text: '', start: 0, end: 0 };
const MAX_IDENTIFIER = 255;

/** Walks the tokens of a file without its trivia. */
export class TokenReader {
  readonly sink: DiagnosticSink;
  /** Moved by `next` alone. A field: it is read more often than anything else. */
  current: Token;
  readonly #tokens: readonly Token[];
  #index = 0;
  #reports: Report[] = [];

  constructor(tokens: readonly Token[], sink: DiagnosticSink) {
    this.#tokens = tokens.filter((token) => !TRIVIA.has(token.kind));
    this.current = this.#tokens[0] ?? END;
    this.sink = sink;
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
    const { current } = this;
    if (current.kind !== 'newline') return current;
    let distance = 1;
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
    if (token.kind === 'end') return token;
    this.#index += 1;
    this.current = this.#tokens[this.#index] ?? END;
    return token;
  }

  at(text: string): boolean {
    const token = this.current;
    return token.text === text && (token.kind === 'punctuation' || token.kind === 'identifier');
  }

  atKind(kind: TokenKind): boolean {
    return this.current.kind === kind;
  }

  /** How much has been told so far; more after a part means that the part is not right. */
  get told(): number {
    return this.#reports.length;
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

  /** An identifier, or one without a name when there is none. */
  identifierOrMissing(code: DiagnosticCode): Identifier {
    if (this.atKind('identifier')) return this.identifier(code);
    return { name: '', span: this.missing(code).span };
  }

  /** An identifier; otherwise one without a name, and reading goes on at one of `until`. */
  recoverIdentifier(code: DiagnosticCode, ...until: string[]): Identifier {
    const found = this.recover(() => this.identifier(code), { until });
    return 'name' in found ? found : { name: '', span: found.span };
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
    if (text.length > MAX_IDENTIFIER) this.report({ start, end }, 'BCP024', String(MAX_IDENTIFIER));
    return { name: text, span: { start, end } };
  }

  /** A fault at the current token (nothing wide at a line's or the file's end). */
  fault(code: DiagnosticCode, ...args: string[]): SyntaxFault {
    return this.faultAt(this.current, code, ...args);
  }

  faultAt(token: Token, code: DiagnosticCode, ...args: string[]): SyntaxFault {
    const { kind, start, end } = token;
    const empty = kind === 'newline' || kind === 'end';
    return new SyntaxFault({ span: { start, end: empty ? start : end }, code, args });
  }

  /** Tells of what is missing before the current token, without unwinding. */
  missing(code: DiagnosticCode, ...args: string[]): ErrorNode {
    const { start } = this.current;
    const span = { start, end: start };
    this.report(span, code, ...args);
    return { kind: 'error', span };
  }

  /** Kept until `flush`, since what is read may yet be dropped. */
  report(span: Span, code: DiagnosticCode, ...args: string[]): void {
    this.#reports.push({ span, code, args });
  }

  /** Runs `parse`. On a fault everything from its beginning to where reading goes on is an error node. */
  recover<T>(parse: () => T, { until, quiet = false, consume = false }: Recovery): T | ErrorNode {
    const start = this.#index;
    const told = this.#reports.length;
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      // What was told about the parts that are given up here would be told about nothing.
      this.#reports.length = told;
      return this.#skip(start, error.report, { until, quiet, consume });
    }
  }

  #skip(from: number, { code, args, span }: Report, recovery: Required<Recovery>): ErrorNode {
    this.synchronize(recovery.until);
    const skipped = this.spanOf(from);
    if (recovery.consume && !this.atKind('end')) this.next();
    if (!recovery.quiet) this.report(span, code, ...args);
    return { kind: 'error', span: skipped };
  }

  /** From the token at `position` to the one before the current one; nothing wide when there is none. */
  spanOf(position: number): Span {
    const first = this.#tokens[position] ?? this.current;
    const end = position < this.#index ? this.previousEnd : first.start;
    return { start: first.start, end: Math.max(first.start, end) };
  }

  /** Whether the current token is one of `until`. */
  isOneOf(until: readonly string[]): boolean {
    return until.some((one) => this.at(one) || this.current.kind === one);
  }

  /** Skips to one of `until`, leaving it unread. */
  synchronize(until: readonly string[]): void {
    while (!this.atKind('end') && !this.isOneOf(until)) this.next();
  }

  /** Hands over what was told, in the order of the text. */
  flush(): void {
    for (const { span, code, args } of this.#reports) this.sink.report(span, code, ...args);
    this.#reports = [];
  }
}
