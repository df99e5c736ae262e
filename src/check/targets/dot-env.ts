/** `NAME=value` lines of a `.env` file: comments, `export` and quotes as Compose reads them. */
export function readDotEnv(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match?.[1] === undefined) continue;
    const raw = match[2] ?? '';
    const quoted = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(raw);
    values.set(match[1], quoted?.[2] ?? raw.replace(/(?:^|\s+)#.*$/, ''));
  }
  return values;
}
