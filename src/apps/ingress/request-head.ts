import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http';

/** Control characters, and what is no byte at all: neither may end a line early. */
const UNSAFE = /[^\t\x20-\x7e\x80-\xff]/;
const TARGET = /^[\x21-\x7e\x80-\xff]+$/;
const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * The lines of a request before its body, with the empty one at the end.
 *
 * @returns undefined when it can't be said in HTTP/1.1 without another meaning, as HTTP/2 allows a space in a path
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3
 */
export function requestHead(
  { method = 'GET', url = '/' }: Pick<IncomingMessage, 'method' | 'url'>,
  headers: OutgoingHttpHeaders,
): string | undefined {
  if (!METHOD.test(method) || !TARGET.test(url)) return undefined;
  let head = `${method} ${url} HTTP/1.1\r\n`;
  for (const name in headers) {
    const value = headers[name];
    const line = typeof value === 'string' ? lineOf(name, value) : linesOf(name, value);
    if (line === undefined) return undefined;
    head += line;
  }
  return `${head}\r\n`;
}

function lineOf(name: string, value: string): string | undefined {
  return UNSAFE.test(value) ? undefined : `${name}: ${value}\r\n`;
}

function linesOf(name: string, value: OutgoingHttpHeader | undefined): string | undefined {
  const values = Array.isArray(value) ? value : value === undefined ? [] : [String(value)];
  const lines = values.map((one) => lineOf(name, one));
  return lines.includes(undefined) ? undefined : lines.join('');
}
