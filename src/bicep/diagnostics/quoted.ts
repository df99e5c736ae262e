/** `"a", "b"` in the order of their text, as messages list names. */
export function quoted(names: Iterable<string>): string {
  return [...names]
    .sort()
    .map((name) => `"${name}"`)
    .join(', ');
}
