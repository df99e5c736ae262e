/** One way a server accepts to be convinced, from its `WWW-Authenticate` header. */
export interface Challenge {
  /** Lower case, e.g. `'bearer'`. */
  scheme: string;
  /** By lower-case name, e.g. `realm`, `service`, `scope`. */
  parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const SEPARATOR = /[\s,]*/y;
const MAX_HEADER = 16 * 1024;

/**
 * Parses a `WWW-Authenticate` header with any number of challenges; what does not parse is left out.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function parseChallenges(header: string): Challenge[] {
  const text = header.slice(0, MAX_HEADER);
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match) position = pattern.lastIndex;
    return match;
  };
  while (position < text.length) {
    take(SEPARATOR);
    const word = take(TOKEN)?.[0];
    if (word === undefined) break;
    take(/[ \t]*/y);
    const current = challenges.at(-1);
    if (text[position] === '=' && current) {
      position++;
      take(/[ \t]*/y);
      const value = take(QUOTED)?.[1]?.replace(/\\(.)/g, '$1') ?? take(TOKEN)?.[0];
      if (value === undefined) break;
      current.parameters.set(word.toLowerCase(), value);
    } else {
      challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
    }
  }
  return challenges;
}
