import type { DiagnosticSink } from '../diagnostics/sink.js';

/** `'…'`, `'''…'''`, or `$'''…'''` whose interpolations start with as many dollars. */
export interface StringStyle {
  readonly multiline: boolean;
  /** Dollars before the brace that starts an interpolation; 0 for none. */
  readonly dollars: number;
}

export interface ScannedString {
  /** The offset after the closing quotes or after `${`. */
  readonly end: number;
  readonly value: string;
  /** True when it ended at `${`. */
  readonly interpolates: boolean;
  /** Something in it was reported. */
  readonly broken?: boolean;
}

const ESCAPES: Record<string, string> = { '\\': '\\', "'": "'", n: '\n', r: '\r', t: '\t', $: '$' };
/** What stands for itself. */
const PLAIN = /[^'\\$\r\n]*/y;
const UNICODE = /u\{([0-9a-fA-F]{1,6})\}/y;

/** Reads a string's text from `offset` to its end or its next interpolation. */
export function scanString(
  text: string,
  offset: number,
  style: StringStyle,
  tokenStart: number,
  sink: DiagnosticSink,
): ScannedString {
  return style.multiline
    ? scanMultiline(text, offset, style.dollars, tokenStart, sink)
    : scanSingleLine(text, offset, tokenStart, sink);
}

function scanMultiline(
  text: string,
  start: number,
  dollars: number,
  tokenStart: number,
  sink: DiagnosticSink,
): ScannedString {
  const opening = `${'$'.repeat(dollars)}{`;
  const close = text.indexOf("'''", start);
  const open = dollars === 0 ? -1 : text.indexOf(opening, start);
  if (open >= 0 && (close < 0 || open < close))
    return { end: open + opening.length, value: text.slice(start, open), interpolates: true };
  if (close < 0) {
    sink.report({ start: tokenStart, end: text.length }, 'BCP140');
    return { end: text.length, value: text.slice(start), interpolates: false, broken: true };
  }
  // Four or five quotes at the end: the first ones belong to the text.
  let end = close;
  while (text.charAt(end + 3) === "'") end += 1;
  return { end: end + 3, value: text.slice(start, end), interpolates: false };
}

function scanSingleLine(
  text: string,
  start: number,
  tokenStart: number,
  sink: DiagnosticSink,
): ScannedString {
  let value = '';
  let broken = false;
  for (let at = start; ;) {
    PLAIN.lastIndex = at;
    PLAIN.test(text);
    value += text.slice(at, PLAIN.lastIndex);
    at = PLAIN.lastIndex;
    const character = text.charAt(at);
    if (character === '' || character === '\n' || character === '\r') {
      sink.report({ start: tokenStart, end: at }, character === '' ? 'BCP003' : 'BCP004');
      return { end: at, value, interpolates: false, broken: true };
    }
    if (character === "'") return { end: at + 1, value, interpolates: false, broken };
    if (character === '$' && text.charAt(at + 1) === '{')
      return { end: at + 2, value, interpolates: true, broken };
    if (character === '\\') {
      const escape = scanEscape(text, at, sink);
      value += escape.value;
      at = escape.end;
      broken ||= escape.broken === true;
    } else {
      value += character;
      at += 1;
    }
  }
}

function scanEscape(
  text: string,
  at: number,
  sink: DiagnosticSink,
): { value: string; end: number; broken?: boolean } {
  const letter = text.charAt(at + 1);
  const simple = ESCAPES[letter];
  if (simple !== undefined && letter !== '') return { value: simple, end: at + 2 };
  if (letter === 'u') {
    UNICODE.lastIndex = at + 1;
    const match = UNICODE.exec(text);
    const code = match?.[1] ? Number.parseInt(match[1], 16) : Infinity;
    if (match && code <= 0x10ffff)
      return { value: String.fromCodePoint(code), end: at + 1 + match[0].length };
    sink.report({ start: at, end: at + 2 }, 'BCP133');
    return { value: '', end: at + 2, broken: true };
  }
  if (letter === '' || letter === '\n' || letter === '\r') {
    sink.report({ start: at, end: at + 1 }, 'BCP005');
    return { value: '', end: at + 1, broken: true };
  }
  const known = Object.keys(ESCAPES).map((key) => `"\\${key}"`);
  sink.report({ start: at, end: at + 2 }, 'BCP006', [...known, '"\\u{...}"'].sort().join(', '));
  return { value: '', end: at + 2, broken: true };
}
