import type { Json, JsonObject } from '../base/json.js';

/** Deeper documents are refused; Azure's own templates stay below 20 levels. */
const MAX_DEPTH = 256;

/** A document that is not JSON, with the place. */
export class JsonSyntaxError extends Error {
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;

  constructor(what: string, text: string, offset: number) {
    const before = text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    super(`${what} at line ${line}, position ${column}.`);
    this.name = 'JsonSyntaxError';
    this.line = line;
    this.column = column;
  }
}

/**
 * Reads JSON as Resource Manager reads deployments: comments, trailing commas, line breaks within
 * strings and unquoted names are fine (the stock CLI sends `template:` bare), and so is a byte order mark.
 *
 * @throws JsonSyntaxError for anything else, and for more than 256 levels
 */
export function parseJsonc(text: string): Json {
  const reader = new JsoncReader(text);
  return reader.document();
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const SPACE = /[\s\uFEFF]*/y;
const LINE_COMMENT = /\/\/[^\n]*/y;
const BLOCK_COMMENT = /\/\*[\s\S]*?\*\//y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const PLAIN = /[^"\\]+/y;
const HEX4 = /[0-9a-fA-F]{4}/y;

class JsoncReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Json {
    const value = this.#value();
    this.#skip();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return value;
  }

  #value(): Json {
    this.#skip();
    const next = this.#text[this.#at];
    if (next === '{') return this.#nested(() => this.#object());
    if (next === '[') return this.#nested(() => this.#array());
    if (next === '"') return this.#string();
    const number = this.#take(NUMBER);
    if (number !== undefined) return Number(number);
    const start = this.#at;
    const word = this.#take(WORD);
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    this.#at = start;
    throw this.#unexpected();
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.#fail(`More than ${MAX_DEPTH} levels`);
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): JsonObject {
    const entries: [string, Json][] = [];
    this.#items('}', () => {
      const name = this.#text[this.#at] === '"' ? this.#string() : this.#take(WORD);
      if (name === undefined) throw this.#unexpected();
      this.#expect(':');
      entries.push([name, this.#value()]);
    });
    return Object.fromEntries(entries); // defines `__proto__` as a plain member, as JSON.parse does
  }

  #array(): Json[] {
    const values: Json[] = [];
    this.#items(']', () => {
      values.push(this.#value());
    });
    return values;
  }

  #items(close: string, item: () => void): void {
    this.#at += 1;
    for (;;) {
      this.#skip();
      if (this.#accept(close)) return;
      item();
      this.#skip();
      if (this.#accept(close)) return;
      this.#expect(',');
    }
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    let value = '';
    for (;;) {
      value += this.#take(PLAIN) ?? '';
      if (this.#accept('"')) return value;
      if (!this.#accept('\\')) {
        this.#at = start;
        throw this.#fail('Unterminated string');
      }
      value += this.#escape();
    }
  }

  #escape(): string {
    if (this.#accept('u')) {
      const code = this.#take(HEX4);
      if (code === undefined) throw this.#fail('Invalid \\u escape');
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    const escaped = ESCAPES[this.#text[this.#at] ?? ''];
    if (escaped === undefined) throw this.#fail('Invalid escape');
    this.#at += 1;
    return escaped;
  }

  #skip(): void {
    do this.#take(SPACE);
    while (this.#take(LINE_COMMENT) !== undefined || this.#take(BLOCK_COMMENT) !== undefined);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #accept(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    this.#skip();
    if (!this.#accept(character)) throw this.#unexpected();
  }

  #unexpected(): JsonSyntaxError {
    const found = this.#text[this.#at];
    return this.#fail(
      found === undefined ? 'Unexpected end of content' : `Unexpected character '${found}'`,
    );
  }

  #fail(what: string): JsonSyntaxError {
    return new JsonSyntaxError(what, this.#text, this.#at);
  }
}
