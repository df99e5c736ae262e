import { TemplateError } from '../template-error.js';
import { access, literal, type Expression } from './ast.js';
import { tokenize, type Token, type TokenKind } from './lexer.js';

/** Deeper nesting than any real template has, shallow enough for the stack. */
const MAX_DEPTH = 256;

/** True for `"[…]"` but not for `"[[…]"`, which is the literal `"[…]"`. */
export function isExpression(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']') && !text.startsWith('[[');
}

/** The text that a string which is no expression stands for: `'[[x]'` is `'[x]'`. */
export function unescapeLiteral(text: string): string {
  return text.startsWith('[[') && text.endsWith(']') ? text.slice(1) : text;
}

/**
 * @param text an expression without its outer brackets, e.g. `"resourceGroup().location"`
 * @throws TemplateError InvalidTemplate with Resource Manager's words for a syntax error
 */
export function parseExpression(text: string): Expression {
  const parser = new Parser(text, tokenize(text));
  const expression = parser.expression(0);
  parser.expect('EndOfData');
  return expression;
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  expression(depth: number): Expression {
    if (depth > MAX_DEPTH) throw this.#error(`expressions nest deeper than ${MAX_DEPTH} levels`);
    const token = this.#next();
    switch (token.kind) {
      case 'StringLiteral':
        return literal(token.text);
      case 'IntegerLiteral':
        return literal(Number(token.text));
      case 'Identifier':
        return this.#accesses(this.#call(token.text, depth), depth);
      default:
        throw this.#error(
          `expected token 'StringLiteral, IntegerLiteral, Identifier' and actual '${token.kind}'`,
        );
    }
  }

  expect(kind: TokenKind): Token {
    const token = this.#next();
    if (token.kind !== kind)
      throw this.#error(`expected token '${kind}' and actual '${token.kind}'`);
    return token;
  }

  #call(first: string, depth: number): Expression {
    let name = first;
    while (this.#peek() === 'Dot') {
      this.#next();
      name += `.${this.expect('Identifier').text}`;
    }
    this.expect('LeftParenthesis');
    const args: Expression[] = [];
    while (this.#peek() !== 'RightParenthesis') {
      args.push(this.expression(depth + 1));
      if (this.#peek() !== 'Comma') break;
      this.#next();
    }
    this.expect('RightParenthesis');
    return { kind: 'call', name, args };
  }

  #accesses(base: Expression, depth: number): Expression {
    let result = base;
    for (;;) {
      if (this.#peek() === 'Dot') {
        this.#next();
        result = access(result, this.expect('Identifier').text);
      } else if (this.#peek() === 'LeftSquareBracket') {
        this.#next();
        result = access(result, this.expression(depth + 1));
        this.expect('RightSquareBracket');
      } else {
        return result;
      }
    }
  }

  #peek(): TokenKind {
    return this.#tokens[this.#index]?.kind ?? 'EndOfData';
  }

  #next(): Token {
    const token = this.#tokens[this.#index] ?? { kind: 'EndOfData', text: '', offset: 0 };
    this.#index += 1;
    return token;
  }

  #error(what: string): TemplateError {
    return new TemplateError(
      'InvalidTemplate',
      `Unable to parse language expression '${this.#text}': ${what}.`,
    );
  }
}
