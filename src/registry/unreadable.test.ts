import { connect } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../oci/digest.js';
import { createStandaloneRegistry, type StandaloneRegistry } from './standalone-registry.js';

let directory: string;
let registry: StandaloneRegistry;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'unreadable-'));
  const access = { kind: 'anonymous' } as const;
  registry = await createStandaloneRegistry({ dataDirectory: directory, port: 0, access });
});
afterAll(async () => {
  await registry.close();
  rmSync(directory, { recursive: true });
});

/** Sends text, closes its own side when asked to, and reads to the end. */
async function exchange(text: string, closes = false): Promise<string> {
  const { hostname, port } = new URL(registry.url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  socket.on('error', () => undefined); // cut off while it writes
  socket.write(text);
  if (closes) socket.end();
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

const post = (path: string, headers: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}`;
const uploads = '/v2/a/blobs/uploads/';

describe('what is no request', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'BAD_REQUEST'],
    [
      'two lengths',
      post(uploads, 'Content-Length: 1\r\nContent-Length: 2', 'x'),
      400,
      'BAD_REQUEST',
    ],
    [
      'a length and chunks',
      post(uploads, 'Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
      400,
      'BAD_REQUEST',
    ],
    [
      'a chunk without a length',
      post(`${uploads}?digest=${digestOf('x')}`, 'Transfer-Encoding: chunked', 'zz\r\n'),
      400,
      'BAD_REQUEST',
    ],
    [
      'long extensions of a chunk',
      post(uploads, 'Transfer-Encoding: chunked', `1;${'e'.repeat(20_000)}\r\nx\r\n0\r\n\r\n`),
      413,
      'SIZE_INVALID',
    ],
    ['a head without end', post('/', `X: ${'x'.repeat(40_000)}`, ''), 431, 'BAD_REQUEST'],
    [
      'half a body',
      post(`${uploads}?digest=${digestOf('x')}`, 'Content-Length: 9', 'x'),
      400,
      'BAD_REQUEST',
    ],
  ])('is refused in the registry’s words: %s', async (_what, text, status, code) => {
    const answer = await exchange(text, true);
    expect(answer).toMatch(new RegExp(`HTTP/1\\.1 ${status} [^]*"code":"${code}"`));
    expect(answer.split('HTTP/1.1 ').length).toBe(2);
  });
});

describe('a client that closes its side after the request', () => {
  it('gets its answer', async () => {
    const path = `${uploads}?digest=${digestOf('hello')}`;
    const answer = await exchange(post(path, 'Content-Length: 5', 'hello'), true);
    expect(answer).toMatch(/^HTTP\/1\.1 201 /);
  });
});

it('the whole address of a request is taken as its path', async () => {
  const head = `Host: x\r\nConnection: close\r\n\r\n`;
  const answer = await exchange(`GET http://x/v2/?a=b HTTP/1.1\r\n${head}`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});
