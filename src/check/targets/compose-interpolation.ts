/** A text with its variables put in. */
export interface Interpolated {
  text: string;
  /** Set when the text can't be told, e.g. for `${TAG:?say which}` without a value. */
  unknown?: string;
  /** Names without value and default: Compose warns and puts nothing. */
  missing: string[];
}

/** Defaults may hold variables themselves. */
const MAX_DEPTH = 8;
const NAME = '[A-Za-z_]\\w*';
const VARIABLE = new RegExp(
  `\\$(?:\\$|\\{(${NAME})(?:(:?[-?+])(${bracedWord(MAX_DEPTH)}))?\\}|(${NAME}))`,
  'g',
);

/** Text whose braces are in pairs. */
function bracedWord(depth: number): string {
  const inner = depth === 0 ? '' : `(?:\\{${bracedWord(depth - 1)}\\}[^{}]*)*`;
  return `[^{}]*${inner}`;
}

/**
 * `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`, `${NAME:+word}` and `$$`.
 *
 * @see https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md
 */
export function interpolate(
  text: string,
  lookup: (name: string) => string | undefined,
  depth = 0,
): Interpolated {
  const missing: string[] = [];
  let unknown: string | undefined;
  const inner = (word: string): string => {
    if (depth >= MAX_DEPTH) return word;
    const result = interpolate(word, lookup, depth + 1);
    missing.push(...result.missing);
    unknown ??= result.unknown;
    return result.text;
  };
  const replaced = text.replace(
    VARIABLE,
    (whole, braced?: string, operator?: string, word?: string, plain?: string) => {
      const name = braced ?? plain;
      if (name === undefined) return '$';
      const value = lookup(name);
      const isSet = value !== undefined && (value !== '' || operator?.startsWith(':') !== true);
      if (operator?.endsWith('+')) return isSet ? inner(word ?? '') : '';
      if (isSet) return value;
      if (operator?.endsWith('-')) return inner(word ?? '');
      if (operator?.endsWith('?')) unknown ??= whole;
      else missing.push(name);
      // Text that stands for nothing would make another image's name; the caller sees it as unknown.
      unknown ??= whole;
      return whole;
    },
  );
  return { text: replaced, missing, ...(unknown !== undefined && { unknown }) };
}
