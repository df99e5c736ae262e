import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { parseRepositoryName } from '../oci/reference.js';
import { parseChallenges } from './challenge.js';
import { createRegistryClient } from './client.js';
import { RemoteError, type Credentials } from './registry-client.js';

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A peer that answers each request with the next entry of its script, and notes what it was asked. */
async function scriptedPeer(script: Reply[], credentials?: Credentials) {
  const seen: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    authorizations.push(request.headers.authorization);
    const reply = script.shift();
    if (reply) reply(request, response);
    else response.writeHead(599).end('script is over');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pauses: number[] = [];
  const client = createRegistryClient({
    resolveEndpoint: () => ({ baseUrl }),
    clock: { now: () => new Date(0), sleep: async (ms) => void pauses.push(ms) },
  });
  const repository = client.repository('r.test', parseRepositoryName('a/b')!, credentials);
  return { repository, seen, authorizations, pauses, baseUrl };
}

const reply =
  (status: number, headers: Record<string, string> = {}, body: string | Buffer = ''): Reply =>
  (request, response) => {
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  };
const drop: Reply = (request) => request.socket.destroy();
const manifest = Buffer.from('{"schemaVersion":2}');
const digest = digestOf(manifest);
const ok = reply(200, { 'content-type': MEDIA_TYPE.ociManifest }, manifest);
const errorBody = (code: string, message: string, detail: unknown = null): string =>
  JSON.stringify({ errors: [{ code, message, detail }] });
const failure = async (promise: Promise<unknown>): Promise<RemoteError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RemoteError);
  return error as RemoteError;
};

describe('getManifest', () => {
  it('returns bytes, type and digest', async () => {
    const { repository, seen } = await scriptedPeer([ok]);
    expect(await repository.getManifest('v1')).toEqual({
      bytes: manifest,
      mediaType: MEDIA_TYPE.ociManifest,
      digest,
    });
    expect(seen).toEqual(['GET /v2/a/b/manifests/v1']);
  });

  const unknownTag = errorBody('MANIFEST_UNKNOWN', 'manifest tagged by "x" is not found', {
    Tag: 'x',
  });
  it.each([
    ['the registry’s words', [reply(404, {}, unknownTag)], 'manifest-unknown', /tagged by "x"/],
    ['a bare 404', [reply(404)], 'manifest-unknown', /unexpected status code 404/],
    ['NAME_UNKNOWN', [reply(404, {}, errorBody('NAME_UNKNOWN', 'n'))], 'name-unknown', /NAME_UNKN/],
    ['DENIED', [reply(403, {}, errorBody('DENIED', 'no'))], 'denied', /DENIED: no/],
    ['401 without a challenge', [reply(401)], 'unauthorized', /401/],
    ['a web page', [reply(200, { 'content-type': 'text/html' }, '<p>')], 'bad-content', /web page/],
    [
      'a lie about the digest',
      [reply(200, { 'docker-content-digest': digestOf('other') }, manifest)],
      'bad-content',
      /has digest/,
    ],
    [
      'a redirect loop',
      Array(9).fill(reply(307, { location: '/again' })),
      'bad-content',
      /redirects/,
    ],
    [
      'a redirect to a file',
      [reply(307, { location: 'file:///x' })],
      'bad-content',
      /not followed/,
    ],
    ['a malformed redirect', [reply(307, { location: 'http://[' })], 'bad-content', /malformed/],
    ['429 without end', Array(9).fill(reply(429)), 'rate-limited', /429/],
    ['429 for an hour', [reply(429, { 'retry-after': '3600' })], 'rate-limited', /429/],
    ['connections dropped', Array(9).fill(drop), 'unreachable', /cannot reach/],
  ] as [string, Reply[], string, RegExp][])('on %s', async (_name, script, kind, message) => {
    const { repository } = await scriptedPeer(script);
    const error = await failure(repository.getManifest('x'));
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
  });

  it('keeps code, message and detail of the answer', async () => {
    const { repository } = await scriptedPeer([reply(404, {}, unknownTag)]);
    expect(await failure(repository.getManifest('x'))).toMatchObject({
      status: 404,
      code: 'MANIFEST_UNKNOWN',
      registryMessage: 'manifest tagged by "x" is not found',
      detail: { Tag: 'x' },
    });
  });

  it('waits as it is told and tries again', async () => {
    const script = [reply(429, { 'retry-after': '2' }), drop, reply(503), ok];
    const { repository, pauses } = await scriptedPeer(script);
    expect((await repository.getManifest('v1')).digest).toBe(digest);
    expect(pauses).toEqual([2000, 500, 1000]);
  });

  it('says that nobody listens', async () => {
    const { repository, baseUrl } = await scriptedPeer([]);
    servers.at(-1)!.closeAllConnections();
    await new Promise((resolve) => servers.at(-1)!.close(resolve));
    const error = await failure(repository.getManifest('x'));
    expect(error.kind).toBe('unreachable');
    expect(error.message).toContain(baseUrl);
  });
});

describe('credentials', () => {
  const bearer = {
    'www-authenticate': 'Bearer realm="/oauth2/token",service="r",scope="s:x:pull"',
  };

  it('are exchanged for a token at the realm, once', async () => {
    const { repository, seen, authorizations } = await scriptedPeer(
      [reply(401, bearer), reply(200, {}, '{"access_token":"t"}'), ok, ok],
      { username: 'u', password: 'p' },
    );
    await repository.getManifest('v1');
    await repository.getManifest('v1');
    expect(seen[1]).toBe(
      'GET /oauth2/token?service=r&scope=s%3Ax%3Apull&scope=repository%3Aa%2Fb%3Apull',
    );
    expect(authorizations).toEqual([undefined, 'Basic dTpw', 'Bearer t', 'Bearer t']);
  });

  it('go as Basic when that is asked for', async () => {
    const challenge = reply(401, { 'www-authenticate': 'Basic realm="r"' });
    const { repository, authorizations } = await scriptedPeer([challenge, ok], {
      username: 'u',
      password: 'p',
    });
    await repository.getManifest('v1');
    expect(authorizations).toEqual([undefined, 'Basic dTpw']);
  });

  it('that are wrong end in one refusal, not in a loop', async () => {
    const challenge = reply(401, { 'www-authenticate': 'Basic realm="r"' });
    const { repository, seen } = await scriptedPeer([challenge, challenge, challenge], {
      username: 'u',
      password: 'bad',
    });
    expect((await failure(repository.getManifest('v1'))).kind).toBe('unauthorized');
    expect(seen).toHaveLength(2);
  });

  it('refused by the token server keep its words', async () => {
    const words = 'authentication required, visit https://aka.ms/acr/authorization';
    const { repository } = await scriptedPeer([
      reply(401, bearer),
      reply(401, {}, errorBody('UNAUTHORIZED', words)),
    ]);
    const error = await failure(repository.getManifest('v1'));
    expect(error).toMatchObject({ kind: 'unauthorized', registryMessage: words });
  });

  it('are renewed when a token has expired', async () => {
    const token = (value: string): Reply => reply(200, {}, JSON.stringify({ token: value }));
    const script = [reply(401, bearer), token('1'), ok, reply(401, bearer), token('2'), ok];
    const { repository, authorizations } = await scriptedPeer(script);
    await repository.getManifest('v1');
    await repository.getManifest('v1');
    expect(authorizations.at(-1)).toBe('Bearer 2');
  });

  it('never follow a redirect to another host', async () => {
    const storage = await scriptedPeer([reply(200, {}, manifest)]);
    const elsewhere = storage.baseUrl.replace('127.0.0.1', 'localhost');
    const peer = await scriptedPeer(
      [reply(401, { 'www-authenticate': 'Basic' }), reply(307, { location: `${elsewhere}/blob` })],
      { username: 'u', password: 'p' },
    );
    const stream = await peer.repository.getBlob({ mediaType: '', digest, size: manifest.length });
    expect(await buffer(stream)).toEqual(manifest);
    expect(storage.authorizations).toEqual([undefined]);
  });

  it.each([
    [{ 'www-authenticate': 'Bearer realm="file:///etc/passwd"' }, /refusing/],
    [{ 'www-authenticate': 'Bearer realm="http://["' }, /no usable token server/],
  ])('go to no strange realm: %j', async (headers, message) => {
    const { repository } = await scriptedPeer([reply(401, headers)]);
    expect((await failure(repository.getManifest('v1'))).message).toMatch(message);
  });

  it('need a token server that answers with a token', async () => {
    const { repository } = await scriptedPeer([reply(401, bearer), reply(200, {}, '<html>')]);
    expect((await failure(repository.getManifest('v1'))).message).toMatch(/without a token/);
  });
});

describe('getBlob', () => {
  const descriptor = { mediaType: '', digest, size: manifest.length };

  it.each([
    ['other content', reply(200, {}, Buffer.alloc(manifest.length)), /other content/],
    ['too few bytes', reply(200, {}, manifest.subarray(1)), /ended after/],
    [
      'too many bytes',
      (_request, response) => response.writeHead(200).end(Buffer.concat([manifest, manifest])),
      /more than/,
    ],
  ] as [string, Reply, RegExp][])('fails on %s', async (_name, answer, message) => {
    const { repository } = await scriptedPeer([answer]);
    const error = await failure(buffer(await repository.getBlob(descriptor)));
    expect(error.kind).toBe('bad-content');
    expect(error.message).toMatch(message);
  });

  const breakOff =
    (sent: Buffer): Reply =>
    (request, response) => {
      response.writeHead(200, { 'content-length': String(manifest.length) }).write(sent);
      setTimeout(() => request.socket.destroy(), 10);
    };
  const rest = manifest.subarray(4);
  const range = { 'content-range': `bytes 4-${manifest.length - 1}/${manifest.length}` };

  it('goes on where the connection broke off', async () => {
    const ranges: (string | undefined)[] = [];
    const { repository } = await scriptedPeer([
      breakOff(manifest.subarray(0, 4)),
      (request, response) => {
        ranges.push(request.headers.range);
        response.writeHead(206, range).end(rest);
      },
    ]);
    expect(await buffer(await repository.getBlob(descriptor))).toEqual(manifest);
    expect(ranges).toEqual(['bytes=4-']);
  });

  it('passes over what it has when the registry knows no ranges', async () => {
    const script = [breakOff(manifest.subarray(0, 4)), reply(200, {}, manifest)];
    const { repository } = await scriptedPeer(script);
    expect(await buffer(await repository.getBlob(descriptor))).toEqual(manifest);
  });

  it.each([
    ['breaks off and nobody answers', Array(9).fill(drop), 'unreachable', /cannot reach/],
    [
      'breaks off again and again',
      Array(20).fill(breakOff(Buffer.from('x'))),
      'unreachable',
      /cannot reach/,
    ],
    [
      'continues at another place',
      [reply(206, { 'content-range': 'bytes 9-18/19' }, rest)],
      'bad-content',
      /another place/,
    ],
    ['is gone after the break', [reply(404)], 'blob-unknown', /404/],
  ] as [string, Reply[], string, RegExp][])(
    'fails when a transfer %s',
    async (_name, script, kind, message) => {
      const { repository } = await scriptedPeer([breakOff(manifest.subarray(0, 4)), ...script]);
      const error = await failure(buffer(await repository.getBlob(descriptor)));
      expect(error.kind).toBe(kind);
      expect(error.message).toMatch(message);
    },
  );

  it('does not read a body that is announced too long', async () => {
    const { repository } = await scriptedPeer([
      (_request, response) =>
        void response.writeHead(200, { 'content-length': 2 ** 50 }).write('x'),
    ]);
    expect((await failure(repository.getBlob(descriptor))).message).toMatch(/announced with/);
  });

  it('stops when it is aborted', async () => {
    const { repository } = await scriptedPeer([
      (_request, response) => void response.writeHead(200).write('x'),
    ]);
    const controller = new AbortController();
    const stream = await repository.getBlob(descriptor, controller.signal);
    controller.abort();
    await expect(buffer(stream)).rejects.toThrow(/abort/i);
  });
});

describe('pushing', () => {
  const blob = Buffer.from('layer');
  const descriptor = { mediaType: '', digest: digestOf(blob), size: blob.length };

  it('uploads in one request after asking for a place', async () => {
    const bodies: Buffer[] = [];
    const take: Reply = (request, response) => {
      void buffer(request).then((body) => {
        bodies.push(body);
        response.writeHead(201).end();
      });
    };
    const { repository, seen } = await scriptedPeer([
      reply(404),
      reply(202, { location: '/v2/a/b/blobs/uploads/1?_state=s' }),
      take,
    ]);
    await repository.putBlob(descriptor, () => Readable.from([blob]));
    const name = encodeURIComponent(descriptor.digest);
    expect(seen.slice(1)).toEqual([
      'POST /v2/a/b/blobs/uploads/',
      `PUT /v2/a/b/blobs/uploads/1?_state=s&digest=${name}`,
    ]);
    expect(bodies).toEqual([blob]);
  });

  it('does not send what is there', async () => {
    const { repository, seen } = await scriptedPeer([reply(200)]);
    await repository.putBlob(descriptor, () => Readable.from([blob]));
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['no place', [reply(404), reply(202)], 'bad-content'],
    ['a refusal', [reply(404), reply(403, {}, errorBody('DENIED', 'no'))], 'denied'],
  ] as [string, Reply[], string][])('fails on %s', async (_name, script, kind) => {
    const { repository } = await scriptedPeer(script);
    const error = await failure(repository.putBlob(descriptor, () => Readable.from([blob])));
    expect(error.kind).toBe(kind);
  });

  it('confirms the digest of a manifest', async () => {
    const { repository } = await scriptedPeer([
      reply(201, { 'docker-content-digest': digest }),
      reply(201, { 'docker-content-digest': digestOf('other') }),
    ]);
    expect(await repository.putManifest('v1', MEDIA_TYPE.ociManifest, manifest)).toEqual({
      digest,
      listsReferrer: false,
    });
    const error = await failure(repository.putManifest('v1', MEDIA_TYPE.ociManifest, manifest));
    expect(error.message).toMatch(/instead of/);
  });
});

describe('parseChallenges', () => {
  it('reads several challenges, quoted commas and escapes', () => {
    const header =
      'Basic realm="a, \\"b\\"", Bearer realm="https://x/y",scope="p:q:pull,push" , Negotiate';
    const parsed = parseChallenges(header).map(({ scheme, parameters }) => [
      scheme,
      Object.fromEntries(parameters),
    ]);
    expect(parsed).toEqual([
      ['basic', { realm: 'a, "b"' }],
      ['bearer', { realm: 'https://x/y', scope: 'p:q:pull,push' }],
      ['negotiate', {}],
    ]);
  });

  it('ends on any input', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseChallenges(text))));
  });
});
