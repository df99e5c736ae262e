import type { Json } from '../../base/json.js';

/** A piece of a pasted text: a JSON value, or a line that is none. */
export type Piece =
  { kind: 'json'; line: number; value: Json } | { kind: 'line'; line: number; text: string };

/** JSON begins this early on its line, and not after more brackets than these: `[12:40] {…}`. */
const OPENERS_LOOKED_AT = 4;
const LATEST_OPENER = 200;
/** Brackets that close nowhere are followed to the end of the text, this often in all. */
const FULL_READS = 20;

/**
 * Splits what a person pasted into JSON values and other lines, in order. JSON may begin after words on its
 * line (`ERROR: {…`), reach over many lines, and be followed by more text.
 */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  const budget = { characters: FULL_READS * text.length };
  let line = 1;
  for (let position = 0; position < text.length;) {
    const end = lineEnd(text, position);
    const found = findJson(text, position, end, budget);
    if (!found) {
      pieces.push(...lineOf(text.slice(position, end), line));
      position = end + 1;
      line += 1;
      continue;
    }
    const { opener, close, value } = found;
    pieces.push(...lineOf(text.slice(position, opener), line), { kind: 'json', line, value });
    line += countLines(text, position, close);
    position = text[close] === '\n' ? close + 1 : close;
    if (text[close] === '\n') line += 1;
  }
  return pieces;
}

/** The first JSON object or list that begins on the line. */
function findJson(
  text: string,
  start: number,
  end: number,
  budget: { characters: number },
): { opener: number; close: number; value: Json } | undefined {
  const openers = [...text.slice(start, Math.min(end, start + LATEST_OPENER)).matchAll(/[{[]/g)];
  for (const { index } of openers.slice(0, OPENERS_LOOKED_AT)) {
    if (budget.characters <= 0) return undefined;
    const opener = start + index;
    const close = closeOf(text, opener);
    if (close < 0) budget.characters -= text.length - opener;
    const value = close < 0 ? undefined : parse(text.slice(opener, close));
    if (value !== undefined) return { opener, close, value };
  }
  return undefined;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function lineOf(text: string, line: number): Piece[] {
  return text.trim() === '' ? [] : [{ kind: 'line', line, text: text.trim() }];
}

function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) {
    count += 1;
  }
  return count;
}

/** The position after the bracket that closes the one at `opener`, or -1. */
function closeOf(text: string, opener: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = opener; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at += 1;
      else if (character === '"') quoted = false;
      else if (character === '\n') return -1; // JSON has no line ends in texts
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json; // JSON.parse answers JSON by definition
  } catch {
    return undefined;
  }
}
