/**
 * One command line, run by both clients. Words in single quotes stay together; `$NAME` stands for a name that the
 * world has; `$X` is `own` or `stk`, and `$EACH` a principal, so that each
 * client makes and deletes things of its own.
 */
export interface Case {
  line: string;
  /** A read is run in every format at once; a write in every format, one after the other; `once` only as JSON. */
  kind: 'read' | 'write' | 'once';
}

export const FORMATS = ['json', 'table', 'tsv'] as const;

export function read(...lines: string[]): Case[] {
  return lines.map((line) => ({ line, kind: 'read' }));
}

export function write(...lines: string[]): Case[] {
  return lines.map((line) => ({ line, kind: 'write' }));
}

export function once(...lines: string[]): Case[] {
  return lines.map((line) => ({ line, kind: 'once' }));
}

/** Words of a line with the names filled in. */
export function wordsOf(line: string, names: Readonly<Record<string, string>>): string[] {
  const words = line.match(/(?:'[^']*'|[^\s'])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll("'", '').replace(/\$([A-Z]+)/g, (whole, name: string) => names[name] ?? whole),
  );
}

/** Times, durations, ids and secrets that are made anew in each call; and who made what. */
export function steady(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?/g, '<time>')
    .replace(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/g, '<time>')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/\/ticks\/\d+/g, '/ticks/<time>')
    .replace(/PT[\d.]+S/g, '<duration>')
    .replace(/elapsed time in seconds: [\d.]+|after \d+s/g, '<duration>')
    .replace(/\r\n/g, '\n')
    .replace(/localhost:\d+/g, '<address>')
    .replace(/--(?!0000)[a-z0-9]{7}\b/g, '--<suffix>')
    .replace(/[a-z]+-[0-9a-f]{8}(?=\.[a-z]+\.azurecontainerapps)/g, '<domain>')
    .replace(/\bc[a-z][0-9a-z]{1,2}\b(?=["\s:]|$)/gm, '<run>')
    .replace(/own|stk/g, '<who>')
    .replace(/job<who>-[a-z0-9]{7}\b/g, 'job<who>-<suffix>')
    .replace(/("value": |\t)"?[A-Za-z0-9+/=]{50,}"?/g, '$1<secret>')
    .replace(/\b[A-Za-z0-9+]{50,}={0,2}(?![A-Za-z0-9/])/g, '<secret>');
}
