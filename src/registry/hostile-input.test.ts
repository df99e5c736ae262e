import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digestOf } from '../oci/digest.js';
import { ADMIN, createFixture, type RegistryFixture } from './testing/registry-fixture.js';

let registry: RegistryFixture;
beforeAll(async () => {
  registry = await createFixture();
  await registry.pushImage('team/app', 'v1');
});
afterAll(() => registry.close());

/** Sends bytes as they are: a client library would put the address in order. */
function raw(
  requestLine: string,
  headers: readonly string[] = [],
  body = '',
  authorization: readonly string[] = [`Authorization: ${ADMIN}`],
): Promise<string> {
  const [host = '', port] = registry.address.split(':');
  const lines = [requestLine, 'Host: x', ...authorization, 'Connection: close', ...headers];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host, () => {
      socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
    });
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(answer);
    });
  });
}

/** A refusal of the registry's, or of the HTTP parser before it; never a fault, never a trace of the inside. */
function expectRefusalOrSuccess(answer: string, what: string): void {
  expect(answer, what).toMatch(/^HTTP\/1\.1 (?:[234]\d\d) /);
  expect(answer, what).not.toMatch(/node:|\.ts:|\.js:|at Object|ENOENT|\/tmp\//);
}

it.each([
  ['POST', '/oauth2/token', 'SIZE_INVALID', 413],
  ['POST', '/oauth2/exchange', 'SIZE_INVALID', 413],
  ['PUT', '/v2/team/app/manifests/v2', 'SIZE_INVALID', 413],
  ['PATCH', '/acr/v1/team/app', 'SIZE_INVALID', 413],
  ['POST', '/v2/team/app/tags/list', 'UNSUPPORTED', 405],
])('%s %s with too much of a body gets %s', async (method, path, code, status) => {
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const headers = ['Transfer-Encoding: chunked'];
  const answer = await raw(`${method} ${path} HTTP/1.1`, headers, `${chunk.repeat(80)}0\r\n\r\n`);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*"code":"${code}"`));
  expect((await registry.send('/v2/')).status).toBe(200);
});

it.each(['%0d%0aX-Evil:%20yes', '%E6%97%A5%E6%9C%AC', '%22,realm=%22evil', 'a%00b', ','])(
  'whoever asks for the repository %j without a password is asked for one',
  async (name) => {
    for (const path of [`/v2/${name}/manifests/v1`, `/acr/v1/${name}`, `/v2/x/blobs/${name}`]) {
      const answer = await registry.send(path, { authorization: null });
      expect(answer.status).toBe(401);
      expect(answer.headers).not.toHaveProperty('x-evil');
      const challenge = answer.headers['www-authenticate'];
      expect(challenge).toMatch(/^Bearer realm="[^"]*",service="[^"]*"(?:,scope="[\w:,/.]*")?$/);
    }
  },
);

const segment = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '%2E%2E%2F',
    '%2F',
    '%5C',
    '%00',
    '%',
    '%zz',
    '%C3%28',
    '%0D%0A',
    '%E6%97%A5',
    '',
  ),
  fc.constantFrom('team', 'app', 'v1', '_catalog', 'manifests', 'blobs', 'uploads', 'tags', 'list'),
  fc.constantFrom(
    'referrers',
    '_manifests',
    '_tags',
    '_deleted',
    `sha256:${'0'.repeat(64)}`,
    'sha256:',
  ),
  fc.stringMatching(/^[!$&'()*+,;=:@~A-Za-z0-9._-]{1,12}$/),
);
const query = fc.oneof(
  fc.constant(''),
  fc.constantFrom(
    '?n=-1',
    '?n=1e9',
    '?last=%00',
    '?digest=x',
    '?mount=..&from=..',
    '?tag=%2F',
    '?n=0&n=1',
  ),
);

it('any address, with any method, gets an answer of the registry’s', async () => {
  const method = fc.constantFrom(
    'GET',
    'HEAD',
    'PUT',
    'POST',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
  );
  const root = fc.constantFrom('/v2/', '/acr/v1/', '/oauth2/', '/');
  await fc.assert(
    fc.asyncProperty(method, root, fc.array(segment, { maxLength: 6 }), query, async (...all) => {
      const [verb, start, parts, end] = all;
      const line = `${verb} ${start}${parts.join('/')}${end} HTTP/1.1`;
      for (const authorization of [[`Authorization: ${ADMIN}`], []]) {
        const answer = await raw(line, ['Content-Length: 0'], '', authorization);
        expectRefusalOrSuccess(answer, line);
      }
    }),
    { numRuns: 300 },
  );
  expect((await registry.send('/v2/team/app/manifests/v1')).status).toBe(200);
});

it('any Accept and Range header gets an answer, and never bytes beyond the content', async () => {
  const digest = await registry.pushBlob('team/app', 'twelve bytes');
  const text = fc.oneof(
    fc.stringMatching(/^[ -~]{0,40}$/),
    fc.tuple(fc.integer(), fc.integer()).map(([first, last]) => `bytes=${first}-${last}`),
    fc.constantFrom('bytes=0-0,2-3', 'bytes=-', 'bytes=0-99999999999999999999', 'items=0-1'),
    fc.constantFrom('*/*;q=0', 'a/b;q=2', ',,,', `${'a/b,'.repeat(500)}*/*`),
  );
  await fc.assert(
    fc.asyncProperty(text, text, async (range, accept) => {
      const headers = [`Range: ${range}`, `Accept: ${accept}`];
      const blob = await raw(`GET /v2/team/app/blobs/${digest} HTTP/1.1`, headers);
      expectRefusalOrSuccess(blob, range);
      const [head = '', body = ''] = blob.split('\r\n\r\n');
      if (/^HTTP\/1\.1 2/.test(head)) expect('twelve bytes').toContain(body);
      expectRefusalOrSuccess(await raw('GET /v2/team/app/manifests/v1 HTTP/1.1', headers), accept);
    }),
    { numRuns: 150 },
  );
});

it('chunks of an upload count in order or not at all', async () => {
  const content = Buffer.from('0123456789'.repeat(20));
  const step = fc.record({
    from: fc.nat({ max: 220 }),
    length: fc.integer({ min: 1, max: 60 }),
    right: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const opened = await registry.send('/v2/model/blobs/uploads/', { method: 'POST' });
      const at = opened.headers.location ?? '';
      let held = 0;
      for (const { from, length, right } of steps) {
        const first = right ? held : from;
        const body = content.subarray(first, first + length);
        if (body.length === 0) continue;
        const headers = { 'content-range': `${first}-${first + body.length - 1}` };
        const answer = await registry.send(at, { method: 'PATCH', headers, body });
        expect(answer.status).toBe(first === held ? 202 : 416);
        if (first === held) held += body.length;
        expect(answer.headers.range).toBe(`0-${Math.max(0, held - 1)}`);
      }
      const rest = content.subarray(held);
      const digest = digestOf(content);
      const done = await registry.send(`${at}?digest=${digest}`, { method: 'PUT', body: rest });
      expect(done.status).toBe(201);
      expect((await registry.send(`/v2/model/blobs/${digest}`)).body.equals(content)).toBe(true);
    }),
    { numRuns: 25 },
  );
});
