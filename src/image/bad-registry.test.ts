import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { createRegistryClient } from '../remote/client.js';
import { MemoryRegistry } from '../remote/testing/memory-registry.js';
import { copyImage } from './copy/copy-image.js';
import { explainFailure } from './explain.js';
import { openReader, openWriter, type OpenRepository } from './image-access.js';
import { listPlatforms } from './inspect/list-platforms.js';
import { readTree } from './inspect/read-tree.js';
import { parseLocation } from './location.js';
import { SampleLayout } from './testing/sample-layout.js';

let directory: string;
let source: MemoryRegistry;
let target: MemoryRegistry;
let sample: SampleLayout;
let pauses: number[];
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'lazurite-bad-'));
  [source, target] = await Promise.all([MemoryRegistry.start(), MemoryRegistry.start()]);
  sample = await SampleLayout.create(path.join(directory, 'source'));
  pauses = [];
});
afterEach(async () => {
  await Promise.all([source.close(), target.close()]);
  await rm(directory, { recursive: true });
});

const openRepository: OpenRepository = ({ registry, repository }) => {
  const client = createRegistryClient({
    resolveEndpoint: (host) => ({ baseUrl: `http://${host}` }),
    clock: { now: () => new Date(0), sleep: async (ms) => void pauses.push(ms) },
  });
  return Promise.resolve(client.repository(registry, repository, { username: 'u', password: 'p' }));
};
const reader = () => openReader(parseLocation(`${source.host}/app:v1`), openRepository);

/** Puts an index of two images into the source, as `v1`. */
async function fill(): Promise<void> {
  const images = [await sample.addImage('linux/amd64'), await sample.addImage('linux/arm64')];
  await sample.name({ v1: await sample.addIndex(images) });
  const layout = await openReader(parseLocation(`oci:${sample.directory}:v1`), openRepository);
  await copyImage(layout, await openWriter(parseLocation(`${source.host}/app:v1`), openRepository));
  source.requests.length = 0;
}

/** Puts a manifest of any content into the source. */
function put(name: string, document: object, mediaType: string = MEDIA_TYPE.ociIndex) {
  const bytes = Buffer.from(JSON.stringify(document));
  const digest = digestOf(bytes);
  source.manifests.set(`app/${name}`, { mediaType, bytes });
  source.manifests.set(`app/${digest}`, { mediaType, bytes });
  return { mediaType, digest, size: bytes.length };
}

const putIndex = (manifests: object[]) =>
  put('v1', { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests });

async function copy(): Promise<unknown> {
  const writer = await openWriter(parseLocation(`${target.host}/copy:v1`), openRepository);
  return copyImage(await reader(), writer);
}

type Lie = (request: IncomingMessage, response: ServerResponse) => boolean;

const isGet = (request: IncomingMessage, part: string): boolean =>
  request.method === 'GET' && request.url!.includes(part);
/** Answers every GET of that kind, and leaves the others alone. */
const answer =
  (part: string, status: number, headers: Record<string, string> = {}, body = ''): Lie =>
  (request, response) => {
    if (!isGet(request, part)) return false;
    response.writeHead(status, headers).end(body);
    return true;
  };
const challenge = { 'www-authenticate': 'Bearer realm="/token",service="s"' };

describe('a registry that', () => {
  it.each<[string, Lie, string, RegExp]>([
    ['hangs up', (request) => !!request.socket.destroy(), 'unreachable', /cannot reach/],
    [
      'sends a web page',
      answer('/manifests/', 200, { 'content-type': 'text/html' }, '<p>'),
      'bad-content',
      /web page/,
    ],
    [
      'sends a web page as a blob',
      answer('/blobs/', 200, {}, '<html>no</html>'),
      'bad-content',
      /announced|ended after|other content|more than/,
    ],
    [
      'sends another manifest',
      answer('/manifests/sha256', 200, {}, '{}'),
      'bad-content',
      /has digest/,
    ],
    [
      'redirects in circles',
      answer('/blobs/', 307, { location: '/v2/app/blobs/again' }),
      'bad-content',
      /redirects more than/,
    ],
    [
      'redirects a blob to nothing',
      answer('/blobs/', 307, { location: 'http://127.0.0.1:1/x' }),
      'unreachable',
      /cannot reach http:\/\/127\.0\.0\.1:1/,
    ],
    ['is too busy', answer('/blobs/', 429), 'rate-limited', /429/],
    [
      'is too busy for an hour',
      answer('/blobs/', 429, { 'retry-after': '3600' }),
      'rate-limited',
      /429/,
    ],
    ['never accepts its own tokens', loopOf401, 'unauthorized', /401/],
    ['has lost a layer', answer('/blobs/', 404), 'blob-unknown', /404/],
    ['has lost an image', answer('/manifests/sha256', 404), 'manifest-unknown', /404/],
    ['announces an endless blob', endless, 'bad-content', /announced with/],
    ['cuts every blob off', cutOff, 'unreachable', /cannot reach/],
  ])('%s: %s', async (_name, lie, kind, message) => {
    await fill();
    source.intercept = lie;
    const error: unknown = await copy().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind });
    expect(String(error)).toMatch(message);
    expect(explainFailure(error)).toMatchObject({
      why: expect.any(String) as string,
      help: expect.any(String) as string,
    });
    expect(target.manifests.has('copy/v1')).toBe(false);
    expect(pauses.every((pause) => pause <= 30_000)).toBe(true);
  });

  function loopOf401(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.url!.startsWith('/token')) response.writeHead(200).end('{"token":"t"}');
    else response.writeHead(401, challenge).end();
    return true;
  }

  function endless(request: IncomingMessage, response: ServerResponse): boolean {
    if (!isGet(request, '/blobs/')) return false;
    response.writeHead(200, { 'content-length': String(2 ** 50) }).write('x');
    return true;
  }

  function cutOff(request: IncomingMessage, response: ServerResponse): boolean {
    if (!isGet(request, '/blobs/')) return false;
    response.writeHead(200, { 'content-length': '50' }).write('x');
    setTimeout(() => request.socket.destroy(), 5);
    return true;
  }

  it('is busy for a while is waited for', async () => {
    await fill();
    let refusals = 0;
    source.intercept = (request, response) => {
      if (!isGet(request, '/blobs/') || ++refusals > 3) return false;
      response.writeHead(429, { 'retry-after': '1' }).end();
      return true;
    };
    expect(await copy()).toMatchObject({ blobs: { written: 4 } });
    expect(pauses).toEqual([1000, 1000, 1000]);
  });

  it('lets tokens expire in the middle gets asked for new ones', async () => {
    await fill();
    let issued = 0;
    let left = 0;
    source.intercept = (request, response) => {
      if (request.url!.startsWith('/token')) {
        left = 5;
        response.writeHead(200).end(JSON.stringify({ token: `t${++issued}` }));
        return true;
      }
      const isValid = request.headers.authorization === `Bearer t${issued}` && left-- > 0;
      if (!isValid) response.writeHead(401, challenge).end();
      return !isValid;
    };
    expect(await copy()).toMatchObject({ manifests: { written: 3 }, blobs: { written: 4 } });
    expect(issued).toBeGreaterThan(1);
  });
});

describe('an index that', () => {
  it('stands for its own child is found out', async () => {
    const child = { mediaType: MEDIA_TYPE.ociIndex, digest: digestOf('loop'), size: 300 };
    putIndex([child]);
    source.manifests.set(`app/${child.digest}`, source.manifests.get('app/v1')!);
    await expect(copy()).rejects.toMatchObject({ kind: 'bad-content' });
  });

  it('is nested deep ends every command', async () => {
    let child = put('deep', { schemaVersion: 2, manifests: [] });
    for (let level = 0; level < 20; level++) child = putIndex([child]);
    const image = await reader();
    const root = await image.getManifest(image.root);
    await expect(copy()).rejects.toThrow(/nested deeper/);
    await expect(readTree(image, root)).rejects.toThrow(/nested deeper/);
    await expect(listPlatforms(image)).rejects.toThrow(/nested deeper/);
  });

  it('says nothing of its platforms has them looked up', async () => {
    await fill();
    const bare = [...source.manifests].filter(([key]) => key.startsWith('app/sha256:'));
    const images = bare.filter(([, { mediaType }]) => mediaType === MEDIA_TYPE.ociManifest);
    putIndex(
      images.map(([key, { mediaType, bytes }], position) => ({
        ...{ mediaType, digest: key.slice('app/'.length), size: bytes.length },
        ...(position === 0 && { platform: { architecture: '', os: '' } }),
      })),
    );
    const found = await listPlatforms(await reader());
    const told = found.map(({ platform, declaredBy }) => [platform.architecture, declaredBy]);
    expect(told.toSorted()).toEqual([
      ['amd64', 'config'],
      ['arm64', 'config'],
    ]);
  });

  it('has a platform twice is shown with both, and copied with both', async () => {
    const [first, second] = [
      await sample.addImage('linux/amd64', 'one'),
      await sample.addImage('linux/amd64', 'two'),
    ];
    const index = await sample.addIndex([first, second]);
    await sample.name({ v1: index });
    const layout = await openReader(parseLocation(`oci:${sample.directory}:v1`), openRepository);
    expect(await listPlatforms(layout)).toHaveLength(2);
    const writer = await openWriter(parseLocation(`${target.host}/copy:v1`), openRepository);
    const chosen = { platforms: [first.platform!] };
    expect(await copyImage(layout, writer, chosen)).toMatchObject({ digest: index.digest });
  });

  describe('has 10,000 entries', () => {
    const platform = { os: 'linux', architecture: 'amd64' };
    const entries = Array.from({ length: 10_000 }, (_, position) => {
      const digest = digestOf(String(position));
      return { mediaType: MEDIA_TYPE.ociManifest, digest, size: 7, platform };
    });

    it('is listed without opening one', async () => {
      putIndex(entries);
      expect(await listPlatforms(await reader())).toHaveLength(10_000);
      expect(source.requests).toHaveLength(1);
    });

    it('is inspected as far as it is asked to, and says so', async () => {
      await fill();
      const [key, { bytes }] = [...source.manifests].find(
        ([, { mediaType }]) => mediaType === MEDIA_TYPE.ociManifest,
      )!;
      const real = { ...entries[0]!, digest: digestOf(bytes), size: bytes.length };
      expect(key).toContain(real.digest);
      putIndex([real, ...entries]);
      const image = await reader();
      const root = await image.getManifest(image.root);
      const tree = await readTree(image, root, { maxOpened: 1 });
      if (tree.kind !== 'index') throw new Error('no index');
      expect(tree.manifests).toHaveLength(10_001);
      expect(tree.manifests.filter(({ kind }) => kind === 'unopened')).toHaveLength(10_000);
      expect(source.requests.length).toBeLessThan(10);
    });

    it('is copied with each image once', async () => {
      const image = await sample.addImage('linux/amd64');
      const root = await sample.addIndex(Array.from({ length: 10_000 }, () => image));
      await sample.name({ v1: root });
      const layout = await openReader(parseLocation(`oci:${sample.directory}:v1`), openRepository);
      const writer = await openWriter(parseLocation(`${target.host}/copy:v1`), openRepository);
      expect(await copyImage(layout, writer)).toMatchObject({ manifests: { written: 2 } });
    });

    it('of which none is there fails at once', async () => {
      putIndex(entries);
      await expect(copy()).rejects.toMatchObject({ kind: 'manifest-unknown' });
      expect(source.requests.length).toBeLessThan(20);
    });
  });
});
