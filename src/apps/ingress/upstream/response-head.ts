import { HOP_BY_HOP } from '../headers.js';

/** What a program's answer says before its body. */
export interface ResponseHead {
  /** 100 – 999 */
  status: number;
  /** e.g. `'OK'`; may be empty */
  reason: string;
  /** Names and values in turn, as sent, without those of the connection: `['Content-Type', 'text/plain']`. */
  headers: readonly string[];
  /** How the end of the body is found, where the request and the status allow one at all: bytes, or how else. */
  body: number | 'chunked' | 'until-close';
  /** Whether the connection may be used again, if its end is not that of the body. */
  keepsAlive: boolean;
  /** How long the program says it keeps an idle connection, in milliseconds. */
  idleMs?: number;
}

/** The program's answer breaks the protocol in a way that could let two messages be taken for one. */
export class BadResponseError extends Error {}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Control characters, and what is no byte at all. */
const UNSAFE = /[^\t\x20-\x7e\x80-\xff]/;
const STATUS_LINE = /^HTTP\/(1\.[01]) ([1-9]\d\d)(?: (.*))?$/;
const DIGITS = /^\d{1,15}$/;

/**
 * Reads a head strictly: where two readers could differ in where the message ends, it is refused.
 *
 * @param text without the empty line at its end
 * @throws BadResponseError
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
export function parseResponseHead(text: string): ResponseHead {
  const lines = text.split('\r\n');
  const [, version, status, reason = ''] = STATUS_LINE.exec(lines[0] ?? '') ?? [];
  if (version === undefined || UNSAFE.test(reason)) throw new BadResponseError('no status line');
  const fields = readFields(lines.slice(1));
  const connection = valuesOf(fields, 'connection').flatMap(listOf);
  const closes = connection.includes('close');
  const idleMs = idleOf(fields);
  return {
    status: Number(status),
    reason,
    headers: endToEnd(fields, connection),
    body: framingOf(fields),
    keepsAlive: !closes && (version === '1.1' || connection.includes('keep-alive')),
    ...(idleMs !== undefined && { idleMs }),
  };
}

/**
 * Fields after a body in chunks, names and values in turn, without those that say how a message is read.
 *
 * @throws BadResponseError
 */
export function parseTrailers(lines: readonly string[]): string[] {
  const fields = readFields(lines);
  return endToEnd(
    fields.filter(({ key }) => key !== 'content-length'),
    [],
  );
}

interface Field {
  name: string;
  /** The name in lower case. */
  key: string;
  value: string;
}

function readFields(lines: readonly string[]): Field[] {
  return lines.map((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
    // a line that goes on with the one before begins with a blank, which is no name
    if (!TOKEN.test(name) || UNSAFE.test(value)) throw new BadResponseError('no header field');
    return { name, key: name.toLowerCase(), value };
  });
}

function valuesOf(fields: readonly Field[], key: string): string[] {
  return fields.filter((field) => field.key === key).map(({ value }) => value);
}

function listOf(value: string): string[] {
  return value.toLowerCase().split(/[ \t]*,[ \t]*/);
}

function framingOf(fields: readonly Field[]): ResponseHead['body'] {
  const lengths = valuesOf(fields, 'content-length');
  const codings = valuesOf(fields, 'transfer-encoding');
  if (codings.length > 0) {
    if (lengths.length > 0) throw new BadResponseError('a length and a transfer coding');
    if (codings.join().toLowerCase() !== 'chunked') throw new BadResponseError('transfer coding');
    return 'chunked';
  }
  const [length] = lengths;
  if (length === undefined) return 'until-close';
  if (lengths.length > 1 || !DIGITS.test(length)) throw new BadResponseError('content length');
  return Number(length);
}

function idleOf(fields: readonly Field[]): number | undefined {
  const [value] = valuesOf(fields, 'keep-alive');
  const seconds = value === undefined ? undefined : /(?:^|,\s*)timeout=(\d{1,9})/.exec(value)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function endToEnd(fields: readonly Field[], connection: readonly string[]): string[] {
  return fields
    .filter(({ key }) => !HOP_BY_HOP.has(key) && !connection.includes(key))
    .flatMap(({ name, value }) => [name, value]);
}
