import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.js';
import { digestOf, type Digest } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { createFixture, imageManifest, type RegistryFixture } from './testing/registry-fixture.js';

const DAY_MS = 24 * 3600 * 1000;
const DAYS = 30;

let clock: FakeClock;
let registry: RegistryFixture;
beforeEach(async () => {
  clock = new FakeClock();
  registry = await createFixture({ untaggedRetention: { enabled: true, days: DAYS } }, clock);
});
afterEach(() => registry.close());

/** Lets days pass, with a collection at the end. @returns how many manifests went */
async function afterDays(days: number): Promise<number> {
  await clock.advance(days * DAY_MS);
  return (await registry.host.collectGarbage()).manifests;
}
const status = async (reference: string) =>
  (await registry.send(`/v2/a/manifests/${reference}`, { method: 'HEAD' })).status;

async function pushIndex(tag: string, child: Digest): Promise<Digest> {
  const size = (await registry.send(`/v2/a/manifests/${child}`)).body.length;
  const manifests = [{ mediaType: MEDIA_TYPE.ociManifest, digest: child, size }];
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests };
  expect((await registry.putManifest('a', tag, index)).status).toBe(201);
  return digestOf(JSON.stringify(index));
}

describe('the retention of untagged manifests', () => {
  it('counts from when the tag went, not from the push', async () => {
    const old = await registry.pushImage('a', 'v1', 'old');
    expect(await afterDays(2 * DAYS)).toBe(0);
    await registry.pushImage('a', 'v1', 'new');
    expect(await afterDays(1)).toBe(0);
    expect(await afterDays(DAYS - 1)).toBe(0);
    expect(await status(old)).toBe(200);
    expect(await afterDays(1)).toBe(1);
    expect(await status(old)).toBe(404);
    expect(await status('v1')).toBe(200);
  });

  it('begins anew when the manifest had a tag meanwhile', async () => {
    const old = await registry.pushImage('a', 'v1', 'old');
    await registry.pushImage('a', 'v1', 'new');
    expect(await afterDays(1)).toBe(0);
    await registry.pushImage('a', 'v0', 'old');
    expect(await afterDays(DAYS)).toBe(0);
    await registry.send('/acr/v1/a/_tags/v0', { method: 'DELETE' });
    expect(await afterDays(1)).toBe(0);
    expect(await afterDays(DAYS - 1)).toBe(0);
    expect(await afterDays(1)).toBe(1);
    expect(await status(old)).toBe(404);
  });

  it('keeps the children of an index, and for the whole time after it', async () => {
    const child = await registry.pushImage('a', 'child', 'child');
    const index = await pushIndex('multi', child);
    await registry.send('/acr/v1/a/_tags/child', { method: 'DELETE' });
    await registry.pushImage('a', 'other');
    expect(await afterDays(2 * DAYS)).toBe(0);
    await registry.send(`/v2/a/manifests/${index}`, { method: 'DELETE' });
    expect(await afterDays(1)).toBe(0);
    expect(await status(child)).toBe(200);
    expect(await afterDays(DAYS)).toBe(1);
  });

  it('keeps what refers to an image as long as the image', async () => {
    const image = await registry.pushImage('a', 'v1');
    const size = (await registry.send('/v2/a/manifests/v1')).body.length;
    const subject = { mediaType: MEDIA_TYPE.ociManifest, digest: image, size };
    const signature = { ...(await imageManifest(registry, 'a', 'signature')), subject };
    const digest = digestOf(JSON.stringify(signature));
    expect((await registry.putManifest('a', digest, signature)).status).toBe(201);
    expect(await afterDays(2 * DAYS)).toBe(0);
    expect(await status(digest)).toBe(200);
  });

  it('keeps what is locked', async () => {
    const old = await registry.pushImage('a', 'v1', 'old');
    await registry.pushImage('a', 'v1', 'new');
    const body = JSON.stringify({ deleteEnabled: false });
    await registry.send(`/acr/v1/a/_manifests/${old}`, { method: 'PATCH', body });
    expect(await afterDays(1)).toBe(0);
    expect(await afterDays(DAYS)).toBe(0);
    expect(await status(old)).toBe(200);
  });

  it('gives what was restored its whole time again', async () => {
    await registry.configure({ softDelete: { enabled: true, retentionDays: 7 } });
    const old = await registry.pushImage('a', 'v1', 'old');
    await registry.pushImage('a', 'v1', 'new');
    expect(await afterDays(1)).toBe(0);
    expect(await afterDays(DAYS)).toBe(1);
    const restore = `/acr/v1/_deleted/a/_manifests/${old}`;
    expect((await registry.send(restore, { method: 'POST' })).status).toBe(200);
    expect(await afterDays(1)).toBe(0);
    expect(await status(old)).toBe(200);
  });
});
