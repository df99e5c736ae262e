import type { Json } from '../../base/json.js';

/**
 * Parses JSON that may hold comments and line breaks inside texts, as template files may.
 *
 * @throws SyntaxError
 */
export function parseJsonc(text: string): Json {
  return JSON.parse(toJson(text)) as Json; // JSON.parse answers JSON by definition
}

function toJson(text: string): string {
  let out = '';
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const two = text.slice(at, at + 2);
    if (two === '//') {
      at = endOf(text, '\n', at);
    } else if (two === '/*') {
      at = endOf(text, '*/', at + 2) + 2;
    } else if (text[at] === '"') {
      const end = endOfText(text, at);
      out += text.slice(at, end).replaceAll('\r', '\\r').replaceAll('\n', '\\n');
      at = end;
    } else {
      out += text[at] ?? '';
      at += 1;
    }
  }
  return out;
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found;
}

/** The index after the closing quote of the text that opens at `from`. */
function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
