import type { DiagnosticSink } from '../diagnostics/sink.js';
import { readDirective, type DirectiveState } from './directives.js';
import { scanString, type StringStyle } from './string-scanner.js';
import type { Token, TokenKind } from './tokens.js';

const WHITESPACE = /[ \t\f\v\u00a0\ufeff]+/y;
const NEWLINE = /(?:\r\n|\n|\r)+/y;
const LINE_COMMENT = /\/\/[^\r\n]*/y;
const DIRECTIVE = /#[A-Za-z-]+[^\r\n]*/y;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const INTEGER = /[0-9]+/y;
/** Longest first. */
const PUNCTUATION = /=>|==|=~|!=|!~|<=|>=|&&|\|\||\?\?|::|\.\.\.|[{}()[\]=<>+\-*/%!?:.,@|^$]/y;
const STRING_START = /(\$*)'''|'/y;

/** An open `${`: how many braces deep it is, and what the string around it is like. */
interface Interpolation {
  depth: number;
  readonly style: StringStyle;
}

/** Cuts a Bicep file into tokens; between them is white space only. Never throws: what is wrong goes to the sink. */
export function lex(text: string, sink: DiagnosticSink): Token[] {
  return new Lexer(text, sink).run();
}

class Lexer {
  readonly #text: string;
  readonly #sink: DiagnosticSink;
  readonly #tokens: Token[] = [];
  readonly #open: Interpolation[] = [];
  readonly #directives: DirectiveState = { disabled: [] };
  #offset = 0;

  constructor(text: string, sink: DiagnosticSink) {
    this.#text = text;
    this.#sink = sink;
  }

  run(): Token[] {
    while (this.#offset < this.#text.length) this.#next();
    this.#push('end', 0);
    if (this.#directives.disabled.length > 0)
      readDirective('#restore-diagnostics *', this.#text.length, this.#directives, this.#sink);
    return this.#tokens;
  }

  #next(): void {
    // By the first character: each pattern that is tried in vain costs as much as one that fits.
    const first = this.#text.charAt(this.#offset);
    if (isLetter(first.charCodeAt(0))) this.#take('identifier', IDENTIFIER);
    else if (!this.#startsWith(first)) this.#other();
  }

  /** What only begins with `first`, and is not a letter. @returns false when it is something else after all */
  #startsWith(first: string): boolean {
    switch (first) {
      case ' ':
        return this.#skipSpace();
      case '\n':
      case '\r':
        return this.#endOpenStrings() || this.#take('newline', NEWLINE);
      case '/':
        return this.#take('comment', LINE_COMMENT) || this.#blockComment();
      case '#':
        return this.#directive();
      case '}':
        return this.#resumeString();
      case "'":
      case '$':
        return this.#startString();
      default:
        return false;
    }
  }

  #other(): void {
    if (this.#take('punctuation', PUNCTUATION)) this.#countBraces();
    else if (!this.#take('integer', INTEGER) && !this.#skipSpace()) this.#unknown();
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#offset;
    return pattern.exec(this.#text);
  }

  #skipSpace(): boolean {
    WHITESPACE.lastIndex = this.#offset;
    if (!WHITESPACE.test(this.#text)) return false;
    this.#offset = WHITESPACE.lastIndex;
    return true;
  }

  #take(kind: TokenKind, pattern: RegExp): boolean {
    pattern.lastIndex = this.#offset;
    if (!pattern.test(this.#text)) return false;
    this.#push(kind, pattern.lastIndex - this.#offset);
    return true;
  }

  #push(kind: TokenKind, length: number): void {
    const start = this.#offset;
    const end = start + length;
    this.#tokens.push({ kind, text: this.#text.slice(start, end), start, end });
    this.#offset = end;
  }

  #pushString(kind: TokenKind, length: number, value: string, broken: boolean): void {
    const start = this.#offset;
    const end = start + length;
    const text = this.#text.slice(start, end);
    this.#tokens.push({ kind, text, start, end, value, ...(broken && { broken }) });
    this.#offset = end;
  }

  /** A line break in an interpolation ends every string that is open. */
  #endOpenStrings(): boolean {
    if (this.#open.length === 0) return false;
    this.#sink.report({ start: this.#offset, end: this.#offset }, 'BCP004');
    this.#open.length = 0;
    this.#pushString('stringRight', 0, '', true);
    return true;
  }

  #blockComment(): boolean {
    if (!this.#text.startsWith('/*', this.#offset)) return false;
    const close = this.#text.indexOf('*/', this.#offset + 2);
    const end = close < 0 ? this.#text.length : close + 2;
    if (close < 0) this.#sink.report({ start: this.#offset, end }, 'BCP002');
    this.#push('comment', end - this.#offset);
    return true;
  }

  #directive(): boolean {
    const match = this.#text.startsWith('#', this.#offset) ? this.#match(DIRECTIVE) : null;
    if (!match) return false;
    const before = this.#text.slice(
      this.#text.lastIndexOf('\n', this.#offset - 1) + 1,
      this.#offset,
    );
    if (before.trim() !== '') return false;
    readDirective(match[0], this.#offset, this.#directives, this.#sink);
    this.#push('directive', match[0].length);
    return true;
  }

  #startString(): boolean {
    const match = this.#match(STRING_START);
    if (!match) return false;
    const dollars = match[1]?.length ?? 0;
    const multiline = match[0].endsWith("'''");
    const style: StringStyle = { multiline, dollars: multiline ? dollars : 1 };
    this.#string(style, match[0].length, true);
    return true;
  }

  /** A `}` that closes an interpolation goes on with its string. */
  #resumeString(): boolean {
    const current = this.#open.at(-1);
    if (this.#text.charAt(this.#offset) !== '}' || current?.depth !== 0) return false;
    this.#open.pop();
    this.#string(current.style, 1, false);
    return true;
  }

  #string(style: StringStyle, prefix: number, first: boolean): void {
    const scanned = scanString(this.#text, this.#offset + prefix, style, this.#offset, this.#sink);
    // The first line break after the opening quotes of a multi-line string is not part of it.
    const value =
      first && style.multiline ? scanned.value.replace(/^(\r\n|\n|\r)/, '') : scanned.value;
    const length = scanned.end - this.#offset;
    const broken = scanned.broken === true;
    if (scanned.interpolates) {
      this.#pushString(first ? 'stringLeft' : 'stringMiddle', length, value, broken);
      this.#open.push({ depth: 0, style });
    } else {
      this.#pushString(first ? 'string' : 'stringRight', length, value, broken);
    }
  }

  #countBraces(): void {
    const current = this.#open.at(-1);
    const last = this.#tokens.at(-1)?.text;
    if (!current) return;
    if (last === '{') current.depth += 1;
    if (last === '}') current.depth -= 1;
  }

  #unknown(): void {
    // A character outside the basic plane is two code units.
    const character = String.fromCodePoint(this.#text.codePointAt(this.#offset) ?? 0);
    const span = { start: this.#offset, end: this.#offset + character.length };
    if (character === '"') this.#sink.report(span, 'BCP103', character);
    else this.#sink.report(span, 'BCP001', character);
    this.#push('unknown', character.length);
  }
}

/** `a` to `z`, `A` to `Z`, `_`: what an identifier begins with. */
function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}
