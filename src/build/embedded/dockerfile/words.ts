/** Something in an instruction does not parse; the parser adds the place. */
export class WordError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WordError';
  }
}

/** Splits at blanks outside quotes; quotes and escapes stay in the words, for expansion to take out. */
export function splitWords(text: string, escape: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? '';
    if (char === escape && quote !== "'" && index + 1 < text.length) {
      word += char + (text[++index] ?? '');
    } else if (quote === '' && /\s/.test(char)) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      if (quote === '' && (char === '"' || char === "'")) quote = char;
      else if (char === quote) quote = '';
      word += char;
    }
  }
  if (word !== '') words.push(word);
  return words;
}

/**
 * The exec form: a JSON list of strings.
 *
 * @returns undefined when the text is not one, which makes it the shell form
 */
export function parseJsonForm(text: string): string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const strings = Array.isArray(value) && value.every((item) => typeof item === 'string');
    return strings ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `--name=value` and `--name` in front of the arguments. */
export function takeFlags(text: string): { flags: Map<string, string[]>; rest: string } {
  const flags = new Map<string, string[]>();
  let rest = text;
  for (;;) {
    const match = /^--([a-z][a-z-]*)(?:=("[^"]*"|'[^']*'|\S*))?(?:\s+|$)/.exec(rest);
    if (match?.[1] === undefined) {
      return { flags, rest: rest === '--' || rest.startsWith('-- ') ? rest.slice(2).trim() : rest };
    }
    const value = (match[2] ?? 'true').replace(/^(["'])(.*)\1$/, '$2');
    flags.set(match[1], [...(flags.get(match[1]) ?? []), value]);
    rest = rest.slice(match[0].length);
  }
}
