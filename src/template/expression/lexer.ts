import { TemplateError } from '../template-error.js';

/** Token names are those of Resource Manager's own parse errors. */
export type TokenKind =
  | 'Identifier'
  | 'StringLiteral'
  | 'IntegerLiteral'
  | 'LeftParenthesis'
  | 'RightParenthesis'
  | 'LeftSquareBracket'
  | 'RightSquareBracket'
  | 'Comma'
  | 'Dot'
  | 'EndOfData';

export interface Token {
  readonly kind: TokenKind;
  /** The identifier, the digits, or the string without quotes. */
  readonly text: string;
  readonly offset: number;
}

const PUNCTUATION: Record<string, TokenKind> = {
  '(': 'LeftParenthesis',
  ')': 'RightParenthesis',
  '[': 'LeftSquareBracket',
  ']': 'RightSquareBracket',
  ',': 'Comma',
  '.': 'Dot',
};

const IDENTIFIER = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const NUMBER = /-?[0-9]+(\.[0-9]+)?/y;
const STRING = /'((?:[^']|'')*)'/y;
const SPACE = /\s+/y;

/**
 * @param text an expression without its outer brackets, e.g. `"concat('a', parameters('b'))"`
 * @throws TemplateError InvalidTemplate at a character that starts no token
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = offset;
    return pattern.exec(text);
  };
  const push = (kind: TokenKind, value: string, length: number): void => {
    tokens.push({ kind, text: value, offset });
    offset += length;
  };
  while (offset < text.length) {
    const space = match(SPACE);
    if (space) {
      offset += space[0].length;
      continue;
    }
    const character = text.charAt(offset);
    const punctuation = PUNCTUATION[character];
    const found = match(IDENTIFIER) ?? match(NUMBER) ?? match(STRING);
    if (punctuation) push(punctuation, character, 1);
    else if (!found) throw unexpected(text, offset);
    else if (character === "'")
      push('StringLiteral', (found[1] ?? '').replaceAll("''", "'"), found[0].length);
    else
      push(/[-0-9]/.test(character) ? 'IntegerLiteral' : 'Identifier', found[0], found[0].length);
  }
  push('EndOfData', '', 0);
  return tokens;
}

function unexpected(text: string, offset: number): TemplateError {
  const what =
    text.charAt(offset) === "'"
      ? 'the string literal is not terminated'
      : `character '${text.charAt(offset)}' is not expected`;
  return new TemplateError(
    'InvalidTemplate',
    `Unable to parse language expression '${text}': ${what} at position '${offset}'.`,
  );
}
