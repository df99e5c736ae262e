import { isJsonObject } from '../../base/json.js';
import type { Json } from '../../base/json.js';
import type { TerminalSize } from '../../runtime/runtime.js';

/** First byte of a frame: for the container, or the service's own words. */
const FORWARD = 0;
const INFO = 1;
const ERROR = 2;
/** Second byte of a forwarded frame. */
const STDIN = 0;
const STDOUT = 1;
const RESIZE = 4;
const MAX_CELLS = 0xffff;

/** What a client of `exec` sends. */
export type ClientFrame =
  { kind: 'typed'; bytes: Buffer } | { kind: 'resize'; size: TerminalSize } | { kind: 'unknown' };

/** `00 00 BYTES` is typed, `00 04 {"Width": 80, "Height": 24}` a window's size. */
export function readClientFrame(frame: Buffer): ClientFrame {
  if (frame[0] !== FORWARD) return { kind: 'unknown' };
  const bytes = frame.subarray(2);
  if (frame[1] === STDIN) return { kind: 'typed', bytes };
  const size = frame[1] === RESIZE ? readSize(bytes.toString()) : undefined;
  return size ? { kind: 'resize', size } : { kind: 'unknown' };
}

function readSize(text: string): TerminalSize | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json; // JSON.parse answers JSON by definition
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { Width: columns, Height: rows } = value;
  return isCells(columns) && isCells(rows) ? { columns, rows } : undefined;
}

function isCells(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_CELLS;
}

/** What the terminal shows. */
export function outputFrame(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([FORWARD, STDOUT]), bytes]);
}

/** A client prints it after `INFO: `. */
export function infoFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([INFO]), Buffer.from(text)]);
}

/** A client prints it after `ERROR: `. */
export function errorFrame(code: string, message: string): Buffer {
  const text = JSON.stringify({ Code: code, Message: message, Details: null, Target: null });
  return Buffer.concat([Buffer.from([ERROR]), Buffer.from(text)]);
}

/**
 * How many bytes of this text end with a whole UTF-8 character: clients decode each frame by itself.
 *
 * @returns the whole length when the rest is no beginning of a character
 */
export function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue; // in the middle of one
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
