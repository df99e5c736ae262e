import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResponseHead } from './response-head.js';
import { BadResponseError } from './response-head.js';
import { ResponseParser } from './response-parser.js';

interface Told {
  heads: ResponseHead[];
  body: string;
  /** Of each answer that came to its end. */
  trailers: (readonly string[])[];
}

interface Options {
  headOnly?: boolean;
  /** Whether the program closes its side after the last piece. */
  closes?: boolean;
}

function read(pieces: readonly Buffer[], { headOnly = false, closes = false }: Options = {}): Told {
  const told: Told = { heads: [], body: '', trailers: [] };
  const parser = new ResponseParser();
  parser.begin(
    {
      onHead: (head, whole) => {
        told.heads.push(head);
        told.body += whole ?? '';
      },
      onBody: (chunk) => (told.body += chunk.toString('latin1')),
      onEnd: (trailers) => told.trailers.push(trailers),
    },
    headOnly,
  );
  for (const piece of pieces) parser.feed(piece);
  if (closes) parser.finish();
  return told;
}

const answer = (...lines: string[]): string => lines.join('\r\n');
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

const GOOD: Record<string, [text: string, status: number, body: string, options?: Options]> = {
  'a length': [answer('HTTP/1.1 200 OK', 'Content-Length: 2', '', 'ok'), 200, 'ok'],
  'no reason': [answer('HTTP/1.1 200', 'Content-Length: 2', '', 'ok'), 200, 'ok'],
  'blanks around a value': [
    answer('HTTP/1.1 200 ', 'A:\t b \t', 'Content-Length:2', '', 'ok'),
    200,
    'ok',
  ],
  'an empty body': [answer('HTTP/1.1 404 Not Found', 'content-length: 0', '', ''), 404, ''],
  chunks: [
    answer(
      'HTTP/1.1 200 OK',
      'Transfer-Encoding: Chunked',
      '',
      '2;a="b"',
      'ok',
      'a',
      '0123456789',
      '000',
      '',
      '',
    ),
    200,
    'ok0123456789',
  ],
  'the end of the connection': [answer('HTTP/1.0 200 OK', '', 'ok'), 200, 'ok', { closes: true }],
  'no body but for a length': [
    answer('HTTP/1.1 200 OK', 'Content-Length: 2', '', ''),
    200,
    '',
    { headOnly: true },
  ],
  'no body but for a coding': [
    answer('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', ''),
    200,
    '',
    { headOnly: true },
  ],
  'a status without a body': [answer('HTTP/1.1 204 No Content', '', ''), 204, ''],
  'what has not changed': [
    answer('HTTP/1.1 304 Not Modified', 'Content-Length: 9', '', ''),
    304,
    '',
  ],
  'something before it': [
    answer(
      'HTTP/1.1 100 Continue',
      '',
      'HTTP/1.1 103 Early Hints',
      'Link: </a>',
      '',
      'HTTP/1.1 200 OK',
      'content-length: 2',
      '',
      'ok',
    ),
    200,
    'ok',
  ],
};

describe('an answer with', () => {
  it.each(Object.entries(GOOD))('%s is read', (_name, [text, status, body, options]) => {
    const told = read([bytes(text)], options);
    expect(told.heads.map((head) => head.status)).toEqual([status]);
    expect(told.body).toBe(body);
    expect(told.trailers).toEqual([[]]);
  });

  it.each(Object.entries(GOOD))(
    '%s is read the same, however it comes',
    (_name, [text, , , options]) => {
      const whole = read([bytes(text)], options);
      const cuts = fc.uniqueArray(fc.nat(text.length), { maxLength: 8 });
      fc.assert(
        fc.property(cuts, (places) => {
          const all = [0, ...places.sort((a, b) => a - b), text.length];
          const pieces = all.slice(1).map((end, index) => bytes(text.slice(all[index], end)));
          expect(read(pieces, options)).toEqual(whole);
        }),
      );
    },
  );
});

const OK = 'HTTP/1.1 200 OK';
const CHUNKED = 'Transfer-Encoding: chunked';

describe('an answer that could be read in two ways', () => {
  it.each<[string, string, Options?]>([
    ['a length and chunks', answer(OK, 'Content-Length: 2', CHUNKED, '', '2', 'ok', '0', '', '')],
    ['two lengths', answer(OK, 'Content-Length: 2', 'Content-Length: 2', '', 'ok')],
    ['a list of lengths', answer(OK, 'Content-Length: 2, 2', '', 'ok')],
    ['a signed length', answer(OK, 'Content-Length: +2', '', 'ok')],
    ['an empty length', answer(OK, 'Content-Length:', '', 'ok')],
    ['another coding', answer(OK, 'Transfer-Encoding: gzip, chunked', '', '0', '', '')],
    ['two codings', answer(OK, CHUNKED, CHUNKED, '', '0', '', '')],
    ['the coding identity', answer(OK, 'Transfer-Encoding: identity', '', 'ok')],
    ['a bare line feed', 'HTTP/1.1 200 OK\r\nA: b\nContent-Length: 2\r\n\r\nok'],
    [
      'a bare carriage return',
      answer(OK, 'A: b\rContent-Length: 0', 'Content-Length: 2', '', 'ok'),
    ],
    ['a line that goes on', answer(OK, 'A: b', ' c', 'Content-Length: 2', '', 'ok')],
    ['a blank before the colon', answer(OK, 'Content-Length : 2', '', 'ok')],
    ['no name', answer(OK, ': a', 'Content-Length: 2', '', 'ok')],
    ['no colon', answer(OK, 'nonsense', '', '')],
    ['a NUL', answer(OK, 'A: b\0', 'Content-Length: 2', '', 'ok')],
    ['another protocol', answer('HTTP/2.0 200 OK', 'Content-Length: 2', '', 'ok')],
    ['no status', answer('HTTP/1.1 099 OK', 'Content-Length: 2', '', 'ok')],
    ['an upgrade', answer('HTTP/1.1 101 Switching Protocols', 'Upgrade: a', '', '')],
    ['no chunk size', answer(OK, CHUNKED, '', 'ok', '', '')],
    ['a negative chunk size', answer(OK, CHUNKED, '', '-2', 'ok', '', '')],
    ['a huge chunk size', answer(OK, CHUNKED, '', 'fffffffffffff', 'ok', '', '')],
    ['a chunk longer than its size', answer(OK, CHUNKED, '', '2', 'okay', '0', '', '')],
    ['a bare line feed after a size', `${answer(OK, CHUNKED, '', '')}2\nok\r\n0\r\n\r\n`],
    ['more than its length', answer(OK, 'Content-Length: 2', '', 'okay')],
    ['more than its head', answer(OK, 'Content-Length: 2', '', 'ok'), { headOnly: true }],
    ['an early end', answer(OK, 'Content-Length: 3', '', 'ok'), { closes: true }],
    ['an early end in chunks', answer(OK, CHUNKED, '', '2', 'ok', ''), { closes: true }],
    ['an early end of the head', answer(OK, ''), { closes: true }],
    ['a head without end', answer(OK, `A: ${'a'.repeat(70_000)}`)],
    ['a size line without end', answer(OK, CHUNKED, '', `2;${'a'.repeat(5000)}`)],
    [
      'trailers without end',
      answer(OK, CHUNKED, '', '0', ...Array.from({ length: 200 }, () => 'a: b')),
    ],
  ])('is refused: %s', (_name, text, options) => {
    expect(() => read([bytes(text)], options)).toThrow(BadResponseError);
  });
});

describe('a head', () => {
  it('is told without what belongs to the connection', () => {
    const text = answer(
      OK,
      'Connection: keep-alive, X-Hop',
      'Keep-Alive: timeout=5',
      'x-hop: 1',
      'Set-Cookie: a',
      'set-cookie: b',
      'content-length: 0',
      '',
      '',
    );
    const [head] = read([bytes(text)]).heads;
    expect(head?.headers).toEqual(['Set-Cookie', 'a', 'set-cookie', 'b', 'content-length', '0']);
    expect(head).toMatchObject({ keepsAlive: true, idleMs: 5000, body: 0 });
  });

  it.each([
    ['HTTP/1.1 200 OK', '', true],
    ['HTTP/1.1 200 OK', 'close', false],
    ['HTTP/1.1 200 OK', 'X, Close', false],
    ['HTTP/1.0 200 OK', '', false],
    ['HTTP/1.0 200 OK', 'Keep-Alive', true],
  ])('%s with connection "%s" keeps the connection: %s', (line, connection, keepsAlive) => {
    const text = answer(line, `Connection: ${connection}`, 'content-length: 0', '', '');
    expect(read([bytes(text)]).heads[0]?.keepsAlive).toBe(keepsAlive);
  });

  it('is followed by trailers that say nothing of the message itself', () => {
    const text = answer(
      OK,
      CHUNKED,
      '',
      '0',
      'X-Sum: 1',
      'Content-Length: 7',
      'Transfer-Encoding: a',
      '',
      '',
    );
    expect(read([bytes(text)]).trailers).toEqual([['X-Sum', '1']]);
  });
});
