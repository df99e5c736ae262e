const ADDRESS = '127.0.0.1';
/** Ends every line of a block, so that ours are known whatever else happens to the file. */
const OURS = /# lazurite ([0-9a-f]+)(?: (?:begin|end)\b.*)?\s*$/;

/** Whose block it is, and what it says. */
export interface HostsBlock {
  /** Hexadecimal, e.g. `'3f9a12bc'`; one for each home. */
  owner: string;
  names: readonly string[];
}

/**
 * The text of a hosts file with this block and no other: two can't be right at the same time, so an older
 * one was left by a crash. Without names the owner's block goes, and another's stays. All other lines stay
 * as they are, to the byte.
 *
 * @param text decoded so that every byte is a character (latin1)
 */
export function withHostsBlock(text: string, { owner, names }: HostsBlock): string {
  const isStale = (line: string): boolean => {
    const found = OURS.exec(line)?.[1];
    return found !== undefined && (names.length > 0 || found === owner);
  };
  const kept = splitLines(text).filter((line) => !isStale(line));
  if (names.length === 0) return kept.join('');
  const last = kept.at(-1);
  if (last !== undefined && !last.endsWith('\n')) kept.push('\n');
  const mark = `# lazurite ${owner}`;
  const block = [
    `${mark} begin: lazurite up writes these lines, lazurite down removes them`,
    ...[...names].sort().map((name) => `${ADDRESS}\t${name}\t${mark}`),
    `${mark} end`,
  ];
  return [...kept, ...block.map((line) => `${line}\n`)].join('');
}

/** Each with its line ending. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
