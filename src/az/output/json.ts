import type { Json } from '../../base/json.js';

/**
 * The document as the stock client prints it: two spaces, keys sorted by code point, one final newline.
 *
 * @see https://docs.python.org/3.11/library/json.html#json.dumps (indent=2, sort_keys, ensure_ascii off)
 */
export function formatJson(value: Json): string {
  return JSON.stringify(sortKeys(value), null, 2) + '\n';
}

/** Keys in code-point order, at every depth. */
export function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}

/** Code-point order, as Python sorts; JavaScript's own `<` goes by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const left = Array.from(a);
  const right = Array.from(b);
  for (const [index, character] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return -1;
}

/**
 * One line in Python's compact form, `{"a": 1, "b": [1, 2]}`, everything beyond ASCII escaped: how the stock
 * client prints the rows of a log.
 */
export function formatJsonLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(formatJsonLine).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([key, item]) => `${formatJsonLine(key)}: ${formatJsonLine(item)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}

/** How Python writes a value with `str()`: `True`, `None`, `['a']`. */
export function pythonText(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  return pythonRepr(value);
}

function pythonRepr(value: Json): string {
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const escaped = value
      .replaceAll('\\', '\\\\')
      .replaceAll('\n', '\\n')
      .replaceAll(quote, `\\${quote}`);
    return `${quote}${escaped}${quote}`;
  }
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return pythonText(value);
}
