/** `comment` and `directive` are trivia. White space is no token: nearly half of all would be. */
export type TokenKind =
  | 'comment'
  | 'directive'
  | 'newline'
  | 'identifier'
  | 'integer'
  /** A whole string: `'a'`, `'''a'''`. */
  | 'string'
  /** `'a${`, `}b${` and `}c'` of an interpolated string. */
  | 'stringLeft'
  | 'stringMiddle'
  | 'stringRight'
  | 'punctuation'
  | 'unknown'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The value of a string token, escapes resolved. */
  readonly value?: string;
  /** A string that is not closed, or has an escape that there is not. */
  readonly broken?: true;
}
