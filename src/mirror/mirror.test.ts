import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseReference, type RepositoryName } from '../oci/reference.js';
import { resolveImage, type ResolvedImage } from '../remote/image-resolver.js';
import type { RepositoryClient } from '../remote/registry-client.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { STAND_INS } from './stand-ins.js';
import { createMirrorWorld, type MirrorWorld } from './testing/mirror-world.js';

const LINUX = { os: 'linux', architecture: 'amd64' };
const ARM = { os: 'linux', architecture: 'arm64' };
const MINUTE = 60_000;

let world: MirrorWorld;
let clock: FakeClock;
beforeEach(async () => {
  clock = new FakeClock();
  world = await createMirrorWorld(clock);
});
afterEach(() => world.close());

const app = (credentials?: { username: string; password: string }): RepositoryClient =>
  world.mirror.client.repository('public.example', 'team/app' as RepositoryName, credentials);

async function pull(text: string, platform = LINUX): Promise<ResolvedImage> {
  const reference = parseReference(text);
  if (!reference) throw new Error(text);
  const image = await resolveImage(world.mirror.client, reference, platform, {
    referenceText: text,
  });
  for (const layer of image.layers) await buffer(await image.openLayer(layer));
  return image;
}

/** What the upstream was asked for since the last call. */
const asked = (): string[] => world.upstream.requests.splice(0);

describe('pull-through', () => {
  it('fetches an image once, and serves it byte for byte while the registry is away', async () => {
    const { digest, layer } = world.publish('team/app', 'v1', 'a');
    const first = await pull('public.example/team/app:v1');
    expect(first.root.digest).toBe(digest);
    expect(asked().length).toBeGreaterThan(0);

    world.address = undefined;
    await world.restart();
    const second = await pull('public.example/team/app:v1');
    expect(second.root.bytes).toEqual(first.root.bytes);
    expect(await buffer(await second.openLayer(second.layers[0]!))).toEqual(layer);
    expect(asked()).toEqual([]);
  });

  it('asks again after a while whether the tag has moved, with a HEAD first', async () => {
    world.publish('team/app', 'v1', 'a');
    await pull('public.example/team/app:v1');
    await clock.advance(10 * MINUTE);
    asked();
    await pull('public.example/team/app:v1');
    expect(asked()).toEqual(['HEAD /v2/team/app/manifests/v1']);

    const moved = world.publish('team/app', 'v1', 'b');
    await clock.advance(10 * MINUTE);
    expect((await pull('public.example/team/app:v1')).root.digest).toBe(moved.digest);
    const [entry] = (await world.mirror.list()).filter(({ kind }) => kind === 'pulled');
    expect(entry).toMatchObject({ digest: moved.digest, platforms: ['linux/amd64'] });
  });

  it('makes concurrent requests for one image one transfer', async () => {
    world.publish('team/app', 'v1', 'a');
    await Promise.all(Array.from({ length: 8 }, () => pull('public.example/team/app:v1')));
    const requests = asked();
    expect(requests.filter((line) => line.includes('/manifests/'))).toHaveLength(1);
    expect(
      requests.filter((line) => line.startsWith('GET') && line.includes('/blobs/')),
    ).toHaveLength(2);
  });

  it('keeps an index with the children that were asked for', async () => {
    const children = [
      world.publish('team/app', 'x', 'x'),
      world.publish('team/app', 'y', 'y', ARM),
    ];
    const digest = world.publishIndex('team/app', 'v1', children);
    await pull('public.example/team/app:v1');
    world.address = undefined;
    expect((await pull('public.example/team/app:v1')).root.digest).toBe(digest);
    await expect(pull('public.example/team/app:v1', ARM)).rejects.toThrow('cannot reach');
    expect(await world.mirror.list()).toContainEqual(
      expect.objectContaining({ digest, platforms: ['linux/amd64', 'linux/arm64'] }),
    );
  });

  it('keeps an image that is only ever pulled by digest', async () => {
    const { digest } = world.publish('team/app', 'v1', 'a');
    await pull(`public.example/team/app@${digest}`);
    world.address = undefined;
    expect((await pull(`public.example/team/app@${digest}`)).root.digest).toBe(digest);
    expect(await world.mirror.list()).toContainEqual(
      expect.objectContaining({ reference: `public.example/team/app@${digest}`, kind: 'pulled' }),
    );
  });

  it('neither keeps nor serves what needs credentials', async () => {
    world.publish('team/app', 'v1', 'a');
    const secret = { username: 'u', password: 'p' };
    await app(secret).getManifest('v1');
    asked();
    await app(secret).getManifest('v1');
    expect(asked()).toEqual(['GET /v2/team/app/manifests/v1']);
    world.address = undefined;
    await expect(app().getManifest('v1')).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('leaves local registries and pushes alone', async () => {
    const local = world.mirror.client.repository('localhost:5000', 'team/app' as RepositoryName);
    const { digest } = world.publish('team/app', 'v1', 'a');
    await local.getManifest('v1');
    asked();
    await local.getManifest('v1');
    expect(asked()).toEqual(['GET /v2/team/app/manifests/v1']);
    const { bytes, mediaType } = await app().getManifest('v1');
    await app().putManifest('v2', mediaType, bytes);
    expect(world.upstream.manifests.get(`team/app/${digest}`)).toBeDefined();
    expect(asked()).toContain('PUT /v2/team/app/manifests/v2');
  });

  it('does not keep content that is not what its digest says', async () => {
    const { layer } = world.publish('team/app', 'v1', 'a');
    for (const [digest, bytes] of world.upstream.blobs) {
      if (bytes.equals(layer)) world.upstream.blobs.set(digest, Buffer.from('LAYER a'));
    }
    await expect(pull('public.example/team/app:v1')).rejects.toMatchObject({ kind: 'bad-content' });
    await expect(pull('public.example/team/app:v1')).rejects.toMatchObject({ kind: 'bad-content' });
  });
});

describe('failures of a public registry', () => {
  it('are remembered for a bounded time', async () => {
    await expect(app().getManifest('v1')).rejects.toMatchObject({ kind: 'manifest-unknown' });
    asked();
    world.publish('team/app', 'v1', 'a');
    await expect(app().getManifest('v1')).rejects.toMatchObject({ kind: 'manifest-unknown' });
    expect(asked()).toEqual([]);
    await clock.advance(MINUTE);
    await app().getManifest('v1');
  });

  it('hold up nobody with credentials, unless the registry is out of reach', async () => {
    await expect(app().getManifest('v1')).rejects.toThrow();
    world.publish('team/app', 'v1', 'a');
    await app({ username: 'u', password: 'p' }).getManifest('v1');
  });

  it('serve the image as it was, and say so', async () => {
    const { digest } = world.publish('team/app', 'v1', 'a');
    await app().getManifest('v1');
    await clock.advance(10 * MINUTE);
    world.address = undefined;
    const stale = await app().getManifest('v1');
    expect(stale).toMatchObject({
      digest,
      note: expect.stringContaining('is the copy of 2026-') as string,
    });
    expect(world.warnings).toContainEqual(
      expect.objectContaining({ reference: 'public.example/team/app:v1' }),
    );
  });

  it('a deleted tag is gone, whatever was kept of it', async () => {
    world.publish('team/app', 'v1', 'a');
    await app().getManifest('v1');
    world.upstream.manifests.clear();
    await clock.advance(10 * MINUTE);
    await expect(app().getManifest('v1')).rejects.toMatchObject({ kind: 'manifest-unknown' });
  });

  it('a registry that limits its rate is left alone for as long as it asks', async () => {
    world.publish('team/app', 'v1', 'a');
    world.publish('team/app', 'v2', 'b');
    await app().getManifest('v1');
    await clock.advance(10 * MINUTE);
    world.upstream.intercept = (_request, response) => {
      response.writeHead(429, { 'Retry-After': '300' }).end();
      return true;
    };
    asked();
    expect(await app().getManifest('v1')).toHaveProperty('note');
    expect(asked()).toHaveLength(1);
    await expect(app().getManifest('v2')).rejects.toMatchObject({
      kind: 'rate-limited',
      message: expect.stringContaining('not asked again before 2026-06-20T13:49') as string,
    });
    await clock.advance(4 * MINUTE);
    await expect(app().getManifest('v2')).rejects.toMatchObject({ kind: 'rate-limited' });
    expect(asked()).toEqual([]);
    world.upstream.intercept = undefined;
    await clock.advance(2 * MINUTE);
    await app().getManifest('v2');
  });
});

describe('stand-ins', () => {
  const HELLO = 'mcr.microsoft.com/azuredocs/containerapps-helloworld:latest';

  it('are served only when the registry is out of reach, and labelled', async () => {
    const real = world.publish('azuredocs/containerapps-helloworld', 'latest', 'real');
    expect((await pull(HELLO)).root.digest).toBe(real.digest);

    await world.mirror.remove(HELLO);
    world.upstream.manifests.clear();
    await clock.advance(MINUTE);
    await expect(pull(HELLO)).rejects.toMatchObject({ kind: 'manifest-unknown' });

    world.address = undefined;
    await clock.advance(MINUTE);
    const standIn = await pull(HELLO);
    expect(standIn.root.note).toContain('is a stand-in');
    expect(standIn.config.config).toMatchObject({
      Entrypoint: ['/hello'],
      Labels: { 'lazurite.stand-in-for': HELLO },
    });
    expect(world.warnings).toContainEqual(
      expect.objectContaining({ standIn: true, reference: HELLO }),
    );
    expect(await world.mirror.list()).toContainEqual(
      expect.objectContaining({ reference: HELLO, kind: 'stand-in', platforms: ['linux/amd64'] }),
    );
  });

  it('give way to the original as soon as it can be had', async () => {
    world.address = undefined;
    await pull(HELLO);
    world.address = world.upstream.baseUrl;
    const real = world.publish('azuredocs/containerapps-helloworld', 'latest', 'real');
    await clock.advance(MINUTE);
    expect((await pull(HELLO)).root.digest).toBe(real.digest);
    expect(await world.mirror.list()).toContainEqual(
      expect.objectContaining({ reference: HELLO, kind: 'pulled' }),
    );
  });

  it.each(STAND_INS)('$reference has its platforms', async ({ reference, platforms }) => {
    world.address = undefined;
    const digests = new Set<string>();
    for (const platform of platforms) {
      const image = await pull(reference, platform);
      expect(image.config).toMatchObject(platform);
      digests.add(image.manifestDigest);
    }
    expect(digests.size).toBe(platforms.length);
  });

  it('refuse what the original refuses, in its words', async () => {
    world.address = undefined;
    await expect(pull('arm64v8/alpine')).rejects.toThrow(
      'no child with platform linux/amd64 found in manifest list for arm64v8/alpine',
    );
  });
});

describe('add', () => {
  it('keeps every platform, byte for byte, and serves it instead of what the registry has', async () => {
    const children = [
      world.publish('team/app', 'x', 'x'),
      world.publish('team/app', 'y', 'y', ARM),
    ];
    const digest = world.publishIndex('team/app', 'v1', children);
    await pull('other.example/team/app:v1'); // one platform only, so far
    const added = await world.mirror.add({
      reference: 'other.example/team/app:v1',
      from: 'public.example/team/app:v1',
    });
    expect(added).toMatchObject({
      kind: 'added',
      from: 'public.example/team/app:v1',
      digest,
      platforms: ['linux/amd64', 'linux/arm64'],
    });
    world.publish('team/app', 'v1', 'moved');
    await clock.advance(10 * MINUTE);
    world.address = undefined;
    await world.restart();
    for (const platform of [LINUX, ARM]) {
      expect((await pull('other.example/team/app:v1', platform)).root.digest).toBe(digest);
    }
  });

  it('changes nothing when it fails', async () => {
    const before = world.publish('team/app', 'v1', 'a');
    await world.mirror.add({ reference: 'public.example/team/app:v1' });
    const broken = world.publish('team/app', 'v2', 'b');
    for (const [key, bytes] of world.upstream.blobs) {
      if (bytes.equals(broken.layer)) world.upstream.blobs.delete(key);
    }
    await expect(
      world.mirror.add({
        reference: 'public.example/team/app:v1',
        from: 'public.example/team/app:v2',
      }),
    ).rejects.toMatchObject({ kind: 'blob-unknown' });
    expect((await pull('public.example/team/app:v1')).root.digest).toBe(before.digest);
  });

  const refused: [string, string | undefined, RegExp][] = [
    ['UPPER//case', undefined, /is no image reference/],
    ['localhost:5000/team/app:v1', 'oci:/tmp', /is on this machine already/],
    ['public.example/team/app:v1', 'oci:/nowhere', /nowhere/],
    ['public.example/team/app:v1', 'docker-archive:/nowhere.tar', /there is no file/],
    ['public.example/team/app:v1', 'UPPER//case', /names no image/],
    ['public.example/team/app:v9', undefined, /manifest unknown/],
  ];
  it.each(refused)('refuses %s from %s', async (reference, from, message) => {
    await expect(world.mirror.add({ reference, from })).rejects.toThrow(message);
    expect((await world.mirror.list()).every(({ digest }) => digest === null)).toBe(true);
  });
});

describe('remove', () => {
  it('forgets an image, so that it is fetched anew', async () => {
    world.publish('team/app', 'v1', 'a');
    await pull('public.example/team/app:v1');
    await world.mirror.remove('public.example/team/app:v1');
    asked();
    await pull('public.example/team/app:v1');
    expect(asked()).toContain('GET /v2/team/app/manifests/v1');
  });

  it.each([
    ['public.example/team/app:v9', /the mirror has no/],
    ['UPPER//case', /is no image reference/],
  ])('refuses %s', async (reference, message) => {
    await expect(world.mirror.remove(reference)).rejects.toThrow(message);
  });
});
