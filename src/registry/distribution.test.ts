import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import {
  ADMIN,
  createFixture,
  imageManifest,
  type Answer,
  type RegistryFixture,
} from './testing/registry-fixture.js';

let registry: RegistryFixture;
beforeAll(async () => {
  registry = await createFixture();
});
afterAll(() => registry.close());

function codeOf(answer: Answer): string {
  const { errors } = answer.json() as { errors: { code: string; message: string }[] };
  return errors[0]?.code ?? '';
}

const NO_DIGEST = `sha256:${'0'.repeat(64)}`;

describe('blobs', () => {
  const bytes = randomBytes(3 * 1024 * 1024 + 5);
  const digest = digestOf(bytes);
  beforeAll(() => registry.pushBlob('team/app', bytes));

  it('come back byte for byte, with their digest', async () => {
    const got = await registry.send(`/v2/team/app/blobs/${digest}`);
    expect(got.status).toBe(200);
    expect(got.body.equals(bytes)).toBe(true);
    expect(got.headers['docker-content-digest']).toBe(digest);
    const head = await registry.send(`/v2/team/app/blobs/${digest}`, { method: 'HEAD' });
    expect(head.headers['content-length']).toBe(String(bytes.length));
    expect(head.body).toHaveLength(0);
  });

  it.each([
    ['bytes=0-0', 206, 0, 1],
    ['bytes=100-1000099', 206, 100, 1_000_100],
    ['bytes=-7', 206, bytes.length - 7, bytes.length],
    ['bytes=3000000-', 206, 3_000_000, bytes.length],
    ['bytes=0-99999999', 206, 0, bytes.length],
    ['bytes=-99999999', 206, 0, bytes.length],
    ['lines=1-2', 200, 0, bytes.length],
    ['bytes=0-1,5-6', 200, 0, bytes.length],
    ['bytes=-', 200, 0, bytes.length],
  ])('answer range %s with %d', async (range, status, from, to) => {
    const got = await registry.send(`/v2/team/app/blobs/${digest}`, { headers: { range } });
    expect(got.status).toBe(status);
    expect(got.body.equals(bytes.subarray(from, to))).toBe(true);
    if (status === 206) {
      expect(got.headers['content-range']).toBe(`bytes ${from}-${to - 1}/${bytes.length}`);
    }
  });

  it.each(['bytes=99999999-', 'bytes=5-4', 'bytes=-0', 'bytes=99999999999999999999-'])(
    'refuse range %s',
    async (range) => {
      const got = await registry.send(`/v2/team/app/blobs/${digest}`, { headers: { range } });
      expect(got.status).toBe(416);
      expect(got.headers['content-range']).toBe(`bytes */${bytes.length}`);
    },
  );

  it('are seen only in repositories that hold them, until mounted', async () => {
    const elsewhere = `/v2/other/blobs/${digest}`;
    expect((await registry.send(elsewhere)).status).toBe(404);
    const mount = `/v2/other/blobs/uploads/?mount=${digest}&from=team/app`;
    const mounted = await registry.send(mount, { method: 'POST' });
    expect(mounted.status).toBe(201);
    expect(mounted.headers.location).toBe(elsewhere);
    expect((await registry.send(elsewhere, { method: 'HEAD' })).status).toBe(200);
    expect((await registry.send(elsewhere, { method: 'DELETE' })).status).toBe(202);
    expect((await registry.send(elsewhere)).status).toBe(404);
    expect((await registry.send(`/v2/team/app/blobs/${digest}`)).status).toBe(200);
  });

  it('that cannot be mounted are to be uploaded', async () => {
    const mount = `/v2/other/blobs/uploads/?mount=${NO_DIGEST}&from=team/app`;
    expect((await registry.send(mount, { method: 'POST' })).status).toBe(202);
  });
});

describe('uploads', () => {
  async function open(repository = 'up'): Promise<string> {
    const { headers } = await registry.send(`/v2/${repository}/blobs/uploads/`, { method: 'POST' });
    return headers.location ?? '';
  }
  const chunk = (path: string, range: string, body: string) =>
    registry.send(path, { method: 'PATCH', headers: { 'content-range': range }, body });

  it('take chunks in order, over a restart, and say where they are', async () => {
    const at = await open();
    expect((await chunk(at, '0-4', 'hello')).headers.range).toBe('0-4');
    await registry.restart();
    const wrong = await chunk(at, '4-8', 'world');
    expect(wrong.status).toBe(416);
    expect(wrong.headers.range).toBe('0-4');
    const status = await registry.send(at);
    expect([status.status, status.headers.range]).toEqual([204, '0-4']);
    expect((await chunk(at, '5-9', 'world')).status).toBe(202);
    const digest = digestOf('helloworld!');
    const last = { method: 'PUT', headers: { 'content-range': '10-10' }, body: '!' };
    const done = await registry.send(`${at}?digest=${digest}`, last);
    expect([done.status, done.headers.location]).toEqual([201, `/v2/up/blobs/${digest}`]);
    expect((await registry.send(`/v2/up/blobs/${digest}`)).body.toString()).toBe('helloworld!');
    expect((await registry.send(at)).status).toBe(404);
  });

  it.each(['5-', 'a-b', '4-0', '0-9', '0-4 or so', '-0-4', '0-99999999999999999999'])(
    'refuse the chunk range %j of a 5 byte body',
    async (range) => {
      const answer = await chunk(await open(), range, 'hello');
      expect([answer.status, codeOf(answer)]).toEqual([416, 'RANGE_INVALID']);
    },
  );

  it('do not keep content that is not what its digest says', async () => {
    const at = await open();
    const put = await registry.send(`${at}?digest=${NO_DIGEST}`, { method: 'PUT', body: 'x' });
    expect([put.status, codeOf(put)]).toEqual([400, 'DIGEST_INVALID']);
    expect((await registry.send(`/v2/up/blobs/${NO_DIGEST}`)).status).toBe(404);
    expect((await registry.send(at)).status).toBe(404);
  });

  it('belong to their repository', async () => {
    const at = await open('mine');
    expect((await registry.send(at.replace('mine', 'yours'))).status).toBe(404);
  });

  it('can be cancelled', async () => {
    const at = await open();
    expect((await registry.send(at, { method: 'DELETE' })).status).toBe(204);
    expect((await registry.send(at)).status).toBe(404);
  });

  it.each([
    ['?digest=sha256:abc', 400, 'DIGEST_INVALID'],
    ['?digest=md5:d41d8cd98f00b204e9800998ecf8427e', 400, 'DIGEST_INVALID'],
    ['?mount=nonsense&from=a', 400, 'DIGEST_INVALID'],
    ['?digest-algorithm=crc32', 400, 'DIGEST_INVALID'],
  ])('refuse %s', async (query, status, code) => {
    const answer = await registry.send(`/v2/up/blobs/uploads/${query}`, { method: 'POST' });
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });
});

describe('manifests', () => {
  it('come back byte for byte by tag and digest, also after a restart', async () => {
    const manifest = await imageManifest(registry, 'exact', 'a');
    const text = `  ${JSON.stringify(manifest, undefined, 3)}\n\n`;
    const digest = digestOf(text);
    const headers = { 'content-type': manifest.mediaType };
    const put = { method: 'PUT', headers, body: text };
    const stored = await registry.send('/v2/exact/manifests/v1', put);
    expect(stored.status).toBe(201);
    expect(stored.headers['docker-content-digest']).toBe(digest);
    for (const round of ['cached', 'restarted']) {
      for (const reference of ['v1', digest]) {
        const got = await registry.send(`/v2/exact/manifests/${reference}`);
        expect(got.body.toString(), round).toBe(text);
        expect(got.headers['content-type']).toBe(manifest.mediaType);
      }
      await registry.restart();
    }
  });

  it('set the tags of a push by digest', async () => {
    const manifest = await imageManifest(registry, 'many', 'a');
    const digest = digestOf(JSON.stringify(manifest));
    const put = await registry.putManifest('many', `${digest}?tag=a&tag=b&tag=a`, manifest);
    expect(put.headers['oci-tag']).toBe('a, b');
    const { body } = await registry.send('/v2/many/tags/list');
    expect(JSON.parse(body.toString())).toEqual({ name: 'many', tags: ['a', 'b'] });
  });

  it('with missing blobs or children are refused, unless sparse ones are let in', async () => {
    const image = await imageManifest(registry, 'whole', 'a');
    const broken = { ...image, layers: [{ ...image.layers[0], digest: NO_DIGEST }] };
    const child = { mediaType: MEDIA_TYPE.ociManifest, digest: NO_DIGEST, size: 10 };
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: [child] };
    for (const manifest of [broken, index]) {
      const answer = await registry.putManifest('whole', 'v', manifest);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'MANIFEST_BLOB_UNKNOWN']);
    }
    await registry.configure({ sparseIndexes: true });
    expect((await registry.putManifest('whole', 'v', index)).status).toBe(201);
    await registry.configure({ sparseIndexes: false });
  });

  it.each([
    ['not JSON', 'hello'],
    ['no object', '[1]'],
    ['an empty object', '{}'],
    ['no config', '{"schemaVersion":2,"layers":[]}'],
    ['nested too deep', `{"schemaVersion":2,"a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    ['a huge size', sized('1e400')],
    ['a negative size', sized('-1')],
    ['a broken size', sized('1.5')],
    ['a digest with ..', sized('1').replace(NO_DIGEST, 'sha256:../../../etc/passwd')],
    ['schema version 1', '{"schemaVersion":1,"name":"x"}'],
    ['another type inside', `{"schemaVersion":2,"mediaType":"${MEDIA_TYPE.ociIndex}","layers":[]}`],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ])('of %s are refused', async (_what, body) => {
    const headers = { 'content-type': MEDIA_TYPE.ociManifest };
    const answer = await registry.send('/v2/bad/manifests/v', { method: 'PUT', headers, body });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'MANIFEST_INVALID']);
  });

  it('over 4 MiB are refused with 413', async () => {
    const body = Buffer.alloc(4 * 1024 * 1024 + 1, ' ');
    const answer = await registry.send('/v2/bad/manifests/v', { method: 'PUT', body });
    expect([answer.status, codeOf(answer)]).toEqual([413, 'SIZE_INVALID']);
  });

  it('are unknown in ACR’s words', async () => {
    await registry.pushImage('words', 'v1');
    const missing = async (path: string) =>
      ((await registry.send(path)).json() as { errors: unknown[] }).errors[0];
    expect(await missing('/v2/words/manifests/1.1.2')).toEqual({
      code: 'MANIFEST_UNKNOWN',
      message: 'manifest tagged by "1.1.2" is not found',
      detail: { Tag: '1.1.2' },
    });
    expect(await missing(`/v2/words/manifests/${NO_DIGEST}`)).toEqual({
      code: 'MANIFEST_UNKNOWN',
      message: `manifest ${NO_DIGEST} is not found`,
      detail: { Name: 'words', Revision: NO_DIGEST },
    });
    expect(await missing('/v2/library/busybox/tags/list')).toEqual({
      code: 'NAME_UNKNOWN',
      message: 'repository name not known to registry',
      detail: { name: 'library/busybox' },
    });
  });

  it('are negotiated as ACR does it', async () => {
    const index = await indexOf('lists', MEDIA_TYPE.ociIndex, MEDIA_TYPE.ociManifest);
    const list = await indexOf('lists', MEDIA_TYPE.dockerManifestList, MEDIA_TYPE.ociManifest);
    await registry.putManifest('lists', 'oci', index);
    await registry.putManifest('lists', 'docker', list);
    const get = async (tag: string, accept: string) => {
      const answer = await registry.send(`/v2/lists/manifests/${tag}`, { headers: { accept } });
      return [answer.status, answer.body.toString()] as const;
    };
    const [status, body] = await get('oci', '*/*');
    expect(status).toBe(404);
    expect(body).toContain('OCI index found, but accept header does not support OCI indexes');
    expect((await get('oci', `a/b, ${MEDIA_TYPE.ociIndex};q=0.1`))[0]).toBe(200);
    expect((await get('docker', MEDIA_TYPE.dockerManifest))[1]).toContain('"layers"');
    await registry.configure({ negotiation: 'any' });
    expect((await get('oci', '*/*'))[0]).toBe(200);
    await registry.configure({ negotiation: 'acr' });
  });

  async function indexOf(repository: string, mediaType: string, childType: string) {
    const digest = await registry.pushImage(repository, 'child');
    const { body } = await registry.send(`/v2/${repository}/manifests/${digest}`);
    const platform = { os: 'linux', architecture: 'amd64' };
    const child = { mediaType: childType, digest, size: body.length, platform };
    return { schemaVersion: 2, mediaType, manifests: [child] };
  }

  it('are deleted by digest with their tags, by tag alone without them', async () => {
    const digest = await registry.pushImage('gone', 'v1', 'same');
    await registry.pushImage('gone', 'v2', 'same');
    const remove = (reference: string) =>
      registry.send(`/v2/gone/manifests/${reference}`, { method: 'DELETE' });
    expect((await remove('v1')).status).toBe(202);
    expect((await remove('v1')).status).toBe(404);
    expect((await registry.send('/v2/gone/manifests/v2')).status).toBe(200);
    expect((await remove(digest)).status).toBe(202);
    expect((await registry.send('/v2/gone/manifests/v2')).status).toBe(404);
    expect((await registry.send('/v2/gone/tags/list')).status).toBe(404);
    const { body } = await registry.send('/v2/_catalog');
    expect(body.toString()).not.toContain('"gone"');
  });
});

function sized(size: string): string {
  const config = `{"mediaType":"a/b","digest":"${NO_DIGEST}","size":${size}}`;
  return `{"schemaVersion":2,"config":${config},"layers":[]}`;
}

describe('lists', () => {
  it('are sorted and paged', async () => {
    for (const tag of ['b', 'a', 'Z', '10', '2']) await registry.pushImage('paged', tag, 'one');
    const page = async (path: string) => {
      const { headers, body } = await registry.send(path);
      const { tags } = JSON.parse(body.toString()) as { tags: string[] };
      return { tags, link: headers.link };
    };
    const list = '/v2/paged/tags/list';
    expect((await page(list)).tags).toEqual(['10', '2', 'Z', 'a', 'b']);
    expect(await page(`${list}?n=2`)).toEqual({
      tags: ['10', '2'],
      link: `<${list}?last=2&n=2>; rel="next"`,
    });
    expect(await page(`${list}?n=2&last=a`)).toEqual({ tags: ['b'], link: undefined });
    expect((await page(`${list}?last=Z`)).tags).toEqual(['a', 'b']);
    expect(await page(`${list}?n=0`)).toEqual({ tags: [], link: undefined });
    expect((await registry.send(`${list}?n=-1`)).status).toBe(400);
    expect((await registry.send('/v2/_catalog?n=1')).headers.link).toMatch(/^<\/v2\/_catalog\?/);
  });
});

describe('referrers', () => {
  it('are listed for their subject, filtered, and gone when deleted', async () => {
    const subject = await registry.pushImage('ref', 'v1');
    const path = `/v2/ref/referrers/${subject}`;
    expect((await registry.send(path)).json()).toMatchObject({ manifests: [] });
    const { body } = await registry.send(`/v2/ref/manifests/${subject}`);
    const artifact = {
      ...(await imageManifest(registry, 'ref', 'sbom')),
      artifactType: 'application/spdx+json',
      subject: { mediaType: MEDIA_TYPE.ociManifest, digest: subject, size: body.length },
      annotations: { a: 'b' },
    };
    const digest = digestOf(JSON.stringify(artifact));
    const put = await registry.putManifest('ref', digest, artifact);
    expect(put.headers['oci-subject']).toBe(subject);
    const listed = await registry.send(path);
    expect(listed.headers['content-type']).toBe(MEDIA_TYPE.ociIndex);
    expect(listed.json()).toMatchObject({
      manifests: [{ digest, artifactType: 'application/spdx+json', annotations: { a: 'b' } }],
    });
    const filtered = await registry.send(`${path}?artifactType=other/type`);
    expect(filtered.headers['oci-filters-applied']).toBe('artifactType');
    expect(filtered.json()).toMatchObject({ manifests: [] });
    await registry.send(`/v2/ref/manifests/${digest}`, { method: 'DELETE' });
    expect((await registry.send(path)).json()).toMatchObject({ manifests: [] });
    expect((await registry.send('/v2/ref/referrers/nonsense')).status).toBe(400);
  });
});

describe('requests that end early', () => {
  it('get their refusal even when they are still sending', async () => {
    const body = Buffer.alloc(20 * 1024 * 1024);
    const path = `/v2/a/blobs/uploads/?digest=${NO_DIGEST}`;
    const answer = await registry.send(path, { method: 'POST', authorization: null, body });
    expect(answer.status).toBe(401);
  });

  it('leave an upload as far as it came', async () => {
    const opened = await registry.send('/v2/cut/blobs/uploads/', { method: 'POST' });
    const at = opened.headers.location ?? '';
    const sent = httpRequest(`http://${registry.address}${at}`, {
      method: 'PATCH',
      headers: { authorization: ADMIN },
    });
    sent.on('error', () => undefined); // it is this side that hangs up
    await new Promise((resolve) => sent.write('hello', resolve));
    await new Promise((resolve) => setTimeout(resolve, 100)); // on its way through the sockets
    sent.destroy();
    await expect.poll(async () => (await registry.send(at)).headers.range).toBe('0-4');
    const put = { method: 'PUT', body: ' world' };
    const done = await registry.send(`${at}?digest=${digestOf('hello world')}`, put);
    expect(done.status).toBe(201);
  });
});

describe('addresses', () => {
  it.each([
    ['GET', '/v2/UPPER/manifests/v', 400, 'NAME_INVALID'],
    ['GET', '/v2/a/../b/manifests/v', 400, 'NAME_INVALID'],
    ['GET', '/v2/a%2F..%2Fb/manifests/v', 400, 'NAME_INVALID'],
    ['GET', '/v2/%E0%A4%A/manifests/v', 400, 'NAME_INVALID'],
    ['GET', `/v2/${'a'.repeat(256)}/tags/list`, 400, 'NAME_INVALID'],
    ['GET', '/v2/a/blobs/sha256:..%2F..%2Fetc', 400, 'DIGEST_INVALID'],
    ['GET', '/v2/a/blobs/uploads/..%2F..%2Fetc', 404, 'BLOB_UPLOAD_UNKNOWN'],
    ['GET', '/v2/a/manifests/-bad', 404, 'MANIFEST_UNKNOWN'],
    ['PUT', '/v2/a/manifests/-bad', 400, 'TAG_INVALID'],
    ['PUT', '/v2/a/manifests/sha256:12', 400, 'DIGEST_INVALID'],
    ['PUT', '/v2/a/tags/list', 405, 'UNSUPPORTED'],
    ['GET', '/v2/a/b', 404, 'NOT_FOUND'],
    ['GET', '/v3/', 404, 'NOT_FOUND'],
    ['GET', '/', 404, 'NOT_FOUND'],
    ['GET', '/v2//manifests/v', 400, 'NAME_INVALID'],
  ])('%s %s answers %d %s', async (method, path, status, code) => {
    const answer = await registry.send(path, { method });
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(answer.headers['x-ms-correlation-request-id']).toBeDefined();
    expect(answer.headers['docker-distribution-api-version']).toBe('registry/2.0');
  });

  it('may hold the words that separate them', async () => {
    const digest = await registry.pushImage('a/blobs/uploads/manifests', 'tags');
    const got = await registry.send('/v2/a/blobs/uploads/manifests/manifests/tags');
    expect(got.headers['docker-content-digest']).toBe(digest);
    expect((await registry.send('/acr/v1/a/blobs/uploads/manifests')).status).toBe(200);
  });
});

describe('a manifest that the client has', () => {
  it.each([
    ['"DIGEST"', 304],
    ['"sha256:other", W/"DIGEST"', 304],
    ['"sha256:other"', 200],
  ])('is not sent again for If-None-Match %j: %d', async (given, status) => {
    const digest = await registry.pushImage('known', 'v1');
    const headers = { 'if-none-match': given.replace('DIGEST', digest) };
    const answer = await registry.send('/v2/known/manifests/v1', { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.etag).toBe(`"${digest}"`);
  });
});

describe('a blob of which the client has something', () => {
  it.each([
    ['all of it', { 'if-none-match': '"DIGEST"' }, 304],
    ['another one', { 'if-none-match': '"sha256:other"' }, 200],
    ['the rest of it', { range: 'bytes=2-3', 'if-range': '"DIGEST"' }, 206],
    ['the rest of another one', { range: 'bytes=2-3', 'if-range': '"sha256:other"' }, 200],
  ])('%s: %o is answered %d', async (_what, given, status) => {
    const digest = await registry.pushBlob('known', 'content');
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replace('DIGEST', digest)]),
    );
    const answer = await registry.send(`/v2/known/blobs/${digest}`, { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.etag).toBe(`"${digest}"`);
    expect(answer.body.toString()).toBe({ 200: 'content', 206: 'nt', 304: '' }[status]);
  });
});
