const MASK = '***';
/** Shorter than this a value also occurs by chance. */
const MIN_LENGTH = 4;

/** Replaces the values of secrets, line by line, in what a command prints. */
export function secretMask(
  secrets: ReadonlyMap<string, string | Uint8Array> | undefined,
): (line: string) => string {
  const values = [...(secrets?.values() ?? [])]
    .flatMap((value) => Buffer.from(value).toString('utf8').split(/\r?\n/))
    .map((value) => value.trim())
    .filter((value) => value.length >= MIN_LENGTH)
    .sort((one, other) => other.length - one.length);
  return (line) => values.reduce((masked, value) => masked.replaceAll(value, MASK), line);
}
