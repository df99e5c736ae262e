import type { Json, JsonObject } from '../base/json.js';

const SPACE = /(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|\ufeff)*/y;
const NUMBER = /-?\d+(\.\d+)?([eE][-+]?\d+)?/y;
const WORD = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const STRING = /"((?:[^"\\]|\\[\s\S])*)"/y;
const MAX_DEPTH = 256;

/**
 * Reads JSON as Resource Manager accepts it in templates: comments, line breaks inside strings, trailing
 * commas and unquoted keys (the Azure CLI sends `template:` so).
 * @throws SyntaxError with the offset of what was not expected
 */
export function parseJsonc(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Json {
    if (depth > MAX_DEPTH) throw this.#unexpected();
    this.#match(SPACE);
    switch (this.#text.charAt(this.#offset)) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  end(): void {
    this.#match(SPACE);
    if (this.#offset < this.#text.length) throw this.#unexpected();
  }

  #object(depth: number): JsonObject {
    const object: JsonObject = {};
    this.#offset += 1;
    for (;;) {
      if (this.#accept('}')) return object;
      const key = this.#text.charAt(this.#offset) === '"' ? this.#string() : this.#match(WORD);
      if (key === undefined || !this.#accept(':')) throw this.#unexpected();
      // Assignment would call the setter of `__proto__`.
      Object.defineProperty(object, key, {
        value: this.value(depth + 1),
        enumerable: true,
        writable: true,
        configurable: true,
      });
      if (!this.#accept(',') && !this.#peek('}')) throw this.#unexpected();
    }
  }

  #array(depth: number): Json[] {
    const items: Json[] = [];
    this.#offset += 1;
    for (;;) {
      if (this.#accept(']')) return items;
      items.push(this.value(depth + 1));
      if (!this.#accept(',') && !this.#peek(']')) throw this.#unexpected();
    }
  }

  #string(): string {
    const text = this.#match(STRING);
    if (text === undefined) throw this.#unexpected();
    // Raw line breaks and tabs are legal here but not in JSON.
    const escaped = text.replace(/\p{Cc}/gu, (character) =>
      character > '\u001f'
        ? character
        : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    const value: unknown = JSON.parse(escaped);
    return typeof value === 'string' ? value : '';
  }

  #scalar(): Json {
    const number = this.#match(NUMBER);
    if (number !== undefined) return Number(number);
    const start = this.#offset;
    switch (this.#match(WORD)) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'null':
        return null;
      default:
        this.#offset = start;
        throw this.#unexpected();
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const match = pattern.exec(this.#text);
    if (!match) return undefined;
    this.#offset += match[0].length;
    return match[0];
  }

  #peek(character: string): boolean {
    this.#match(SPACE);
    return this.#text.charAt(this.#offset) === character;
  }

  #accept(character: string): boolean {
    if (!this.#peek(character)) return false;
    this.#offset += 1;
    this.#match(SPACE);
    return true;
  }

  #unexpected(): SyntaxError {
    const found = this.#text.charAt(this.#offset);
    const line = this.#text.slice(0, this.#offset).split('\n').length;
    return new SyntaxError(
      `unexpected ${found === '' ? 'end' : `'${found}'`} at offset ${this.#offset}, line ${line}`,
    );
  }
}
