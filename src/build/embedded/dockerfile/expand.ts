import { WordError } from './words.js';

export type Lookup = (name: string) => string | undefined;

export interface ExpandOptions {
  lookup: Lookup;
  /** The Dockerfile's escape character. */
  escape: string;
  /** Keeps quotes: for text that is no shell word, like a here-document. */
  keepQuotes?: boolean;
}

/**
 * Replaces variables and takes out quotes and escapes, as the instructions that allow variables do:
 * `$name`, `${name}`, `${name:-word}`, `${name:+word}`, `${name:?word}` and the forms without a colon,
 * `${name#pattern}`, `##`, `%`, `%%` and `${name/pattern/word}`, `//`.
 *
 * @throws WordError for an unfinished or unknown form, or a `?` form without a value.
 * @see https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
export function expandWord(text: string, options: ExpandOptions): string {
  return new Expander(text, options).run('');
}

class Expander {
  readonly #text: string;
  readonly #options: ExpandOptions;
  #position = 0;

  constructor(text: string, options: ExpandOptions) {
    this.#text = text;
    this.#options = options;
  }

  /** Reads up to `stop` (consumed) or the end. */
  run(stop: string): string {
    let result = '';
    while (this.#position < this.#text.length) {
      const char = this.#text[this.#position] ?? '';
      if (stop !== '' && stop.includes(char)) {
        return result;
      }
      result += this.#one(char);
    }
    if (stop !== '') throw new WordError(`missing "${stop[0] ?? ''}" in ${this.#text}`);
    return result;
  }

  #one(char: string): string {
    const { escape, keepQuotes } = this.#options;
    this.#position++;
    if (char === '$') return this.#variable();
    if (char === escape) return this.#escaped(escape, keepQuotes === true);
    if (keepQuotes) return char;
    if (char === "'") return this.#singleQuoted();
    if (char === '"') return this.#doubleQuoted();
    return char;
  }

  #escaped(escape: string, keep: boolean): string {
    const next = this.#text[this.#position];
    if (next === undefined) return escape;
    if (keep && next !== '$' && next !== escape) return escape;
    this.#position++;
    return next;
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#position);
    if (end < 0) throw new WordError(`unexpected end of statement while looking for matching '`);
    const content = this.#text.slice(this.#position, end);
    this.#position = end + 1;
    return content;
  }

  #doubleQuoted(): string {
    let result = '';
    for (;;) {
      const char = this.#text[this.#position];
      if (char === undefined) {
        throw new WordError('unexpected end of statement while looking for matching "');
      }
      this.#position++;
      if (char === '"') return result;
      const next = this.#text[this.#position];
      if (char === '$') result += this.#variable();
      else if (char === this.#options.escape && next !== undefined && `"$${char}`.includes(next)) {
        result += next;
        this.#position++;
      } else result += char;
    }
  }

  /** After the dollar sign. */
  #variable(): string {
    const rest = this.#text.slice(this.#position);
    const plain = /^(?:[a-zA-Z_][a-zA-Z0-9_]*|[0-9@*#])/.exec(rest)?.[0];
    if (plain !== undefined) {
      this.#position += plain.length;
      return this.#options.lookup(plain) ?? '';
    }
    if (!rest.startsWith('{')) return '$';
    this.#position++;
    return this.#braced();
  }

  #braced(): string {
    const name = /^[a-zA-Z_][a-zA-Z0-9_]*/.exec(this.#text.slice(this.#position))?.[0];
    if (name === undefined) throw new WordError(`bad substitution in ${this.#text}`);
    this.#position += name.length;
    const value = this.#options.lookup(name);
    const operator = /^(?:\}|:?[-+?]|##?|%%?|\/\/?)/.exec(this.#text.slice(this.#position))?.[0];
    if (operator === undefined) {
      throw new WordError(`unsupported modifier in \${${name}…}: ${this.#text}`);
    }
    this.#position += operator.length;
    if (operator === '}') return value ?? '';
    if (operator.startsWith('/')) return this.#replaced(value ?? '', operator === '//');
    const word = this.#upTo('}');
    if (/^[#%]/.test(operator)) return strip(value ?? '', word, operator);
    return choose(name, value, operator, word);
  }

  #upTo(stop: string): string {
    const word = this.run(stop);
    this.#position++;
    return word;
  }

  #replaced(value: string, all: boolean): string {
    const pattern = this.run('/}');
    const hasReplacement = this.#text[this.#position] === '/';
    this.#position++;
    const replacement = hasReplacement ? this.#upTo('}') : '';
    if (pattern === '') return value;
    return value.replace(
      new RegExp(globSource(pattern, true), all ? 'gs' : 's'),
      () => replacement,
    );
  }
}

function choose(name: string, value: string | undefined, operator: string, word: string): string {
  const isSet = operator.startsWith(':')
    ? value !== undefined && value !== ''
    : value !== undefined;
  switch (operator.at(-1)) {
    case '-':
      return isSet ? (value ?? '') : word;
    case '+':
      return isSet ? word : '';
    default:
      if (!isSet) throw new WordError(`${name}: ${word === '' ? 'not set' : word}`);
      return value ?? '';
  }
}

/** `#` and `##` take a prefix off, `%` and `%%` a suffix; doubled, the longest one. */
function strip(value: string, pattern: string, operator: string): string {
  const longest = operator.length === 2;
  const expression = new RegExp(`^${globSource(pattern, true)}$`, 's');
  const lengths = Array.from({ length: value.length + 1 }, (_, length) => length);
  for (const length of longest ? lengths.reverse() : lengths) {
    const prefix = operator.startsWith('#');
    const piece = prefix ? value.slice(0, length) : value.slice(value.length - length);
    if (!expression.test(piece)) continue;
    return prefix ? value.slice(length) : value.slice(0, value.length - length);
  }
  return value;
}

function globSource(pattern: string, starTakesSlash: boolean): string {
  const any = starTakesSlash ? '.' : '[^/]';
  return pattern.replace(/\\(.)|[\s\S]/g, (char, escaped: string | undefined) => {
    if (escaped !== undefined) return escapeRegExp(escaped);
    if (char === '*') return `${any}*`;
    return char === '?' ? any : escapeRegExp(char);
  });
}

function escapeRegExp(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
