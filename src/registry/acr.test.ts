import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { createFixture, type RegistryFixture } from './testing/registry-fixture.js';

let registry: RegistryFixture;
beforeAll(async () => {
  registry = await createFixture();
});
afterAll(() => registry.close());

const UNLOCKED = { deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true };
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/) as string;

async function get(path: string): Promise<unknown> {
  return (await registry.send(path)).json();
}
const patch = (path: string, body: unknown) =>
  registry.send(path, { method: 'PATCH', body: JSON.stringify(body) });

describe('the data plane', () => {
  it('shows a repository, its tags and manifests', async () => {
    const digest = await registry.pushImage('team/app', 'v1', 'x');
    await registry.pushImage('team/app', 'v2', 'x');
    const { body } = await registry.send(`/v2/team/app/manifests/${digest}`);
    const { config, layers } = JSON.parse(body.toString()) as {
      config: { size: number };
      layers: [{ size: number }];
    };
    const head = { registry: registry.address, imageName: 'team/app' };
    const times = { createdTime: TIME, lastUpdateTime: TIME };
    expect(await get('/acr/v1/team/app')).toEqual({
      ...head,
      ...times,
      manifestCount: 1,
      tagCount: 2,
      changeableAttributes: UNLOCKED,
    });
    const tag = { name: 'v1', digest, ...times, signed: false, changeableAttributes: UNLOCKED };
    expect(await get('/acr/v1/team/app/_tags/v1')).toEqual({ ...head, tag });
    expect(await get('/acr/v1/team/app/_tags?n=1')).toEqual({ ...head, tags: [tag] });
    const manifest = {
      digest,
      imageSize: config.size + layers[0].size,
      ...times,
      architecture: 'amd64',
      os: 'linux',
      mediaType: MEDIA_TYPE.ociManifest,
      configMediaType: MEDIA_TYPE.ociConfig,
      tags: ['v1', 'v2'],
      changeableAttributes: UNLOCKED,
    };
    expect(await get(`/acr/v1/team/app/_manifests/${digest}`)).toEqual({ ...head, manifest });
    expect(await get('/acr/v1/team/app/_manifests')).toEqual({ ...head, manifests: [manifest] });
  });

  it('names the children of an index', async () => {
    const digest = await registry.pushImage('multi', 'child');
    const { body } = await registry.send(`/v2/multi/manifests/${digest}`);
    const platform = { os: 'linux', architecture: 'arm64' };
    const child = { mediaType: MEDIA_TYPE.ociManifest, digest, size: body.length, platform };
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: [child] };
    const { headers } = await registry.putManifest('multi', 'all', index);
    const at = `/acr/v1/multi/_manifests/${String(headers['docker-content-digest'])}`;
    expect(await get(at)).toMatchObject({
      manifest: { imageSize: 0, references: [{ digest, os: 'linux', architecture: 'arm64' }] },
    });
  });

  it('pages, by name and by time', async () => {
    for (const tag of ['c', 'a', 'b']) {
      await registry.pushImage('paged', tag);
      await new Promise((resolve) => setTimeout(resolve, 2)); // the clock's step
    }
    const names = async (query: string) => {
      const { headers, body } = await registry.send(`/acr/v1/paged/_tags${query}`);
      const { tags } = JSON.parse(body.toString()) as { tags: { name: string }[] };
      return [tags.map(({ name }) => name).join(''), headers.link];
    };
    expect(await names('')).toEqual(['abc', undefined]);
    expect(await names('?orderby=timedesc')).toEqual(['bac', undefined]);
    expect(await names('?n=2')).toEqual(['ab', '</acr/v1/paged/_tags?last=b&n=2>; rel="next"']);
    expect(await names('?n=2&last=b')).toEqual(['c', undefined]);
    expect(await names('?orderby=timeasc&n=2')).toEqual([
      'ca',
      '</acr/v1/paged/_tags?last=a&n=2&orderby=timeasc>; rel="next"',
    ]);
    expect(await names('?orderby=timeasc&n=2&last=a')).toEqual(['b', undefined]);
    expect((await registry.send('/acr/v1/paged/_tags?orderby=size')).status).toBe(400);
  });

  it('untags, and deletes repositories', async () => {
    const digest = await registry.pushImage('short', 'v1', 's');
    await registry.pushImage('short', 'v2', 's');
    const remove = (path: string) => registry.send(path, { method: 'DELETE' });
    expect((await remove('/acr/v1/short/_tags/v1')).status).toBe(202);
    expect((await remove('/acr/v1/short/_tags/v1')).status).toBe(404);
    const deleted = await remove('/acr/v1/short');
    expect(deleted.status).toBe(202);
    expect(deleted.json()).toEqual({ manifestsDeleted: [digest], tagsDeleted: ['v2'] });
    expect((await registry.send('/acr/v1/short')).status).toBe(404);
    expect((await registry.send(`/v2/short/manifests/${digest}`)).status).toBe(404);
    await registry.restart();
    expect((await registry.send(`/v2/short/manifests/${digest}`)).status).toBe(404);
  });

  it.each(['nonsense', '[]', '{"writeEnabled":"no"}', 'null', ''])(
    'refuses the attributes %j',
    async (body) => {
      await registry.pushImage('attributes', 'v1');
      const answer = await registry.send('/acr/v1/attributes', { method: 'PATCH', body });
      expect(answer.status).toBe(400);
    },
  );
});

describe('locks', () => {
  it.each([
    ['a tag', '/acr/v1/locked/_tags/v1'],
    ['a repository', '/acr/v1/locked'],
  ])('on %s forbid to write and delete it', async (_what, path) => {
    await registry.pushImage('locked', 'v1', 'a');
    expect((await patch(path, { writeEnabled: false })).status).toBe(200);
    await expect(registry.pushImage('locked', 'v1', 'b')).rejects.toThrow('DISALLOWED');
    const removal = await registry.send('/v2/locked/manifests/v1', { method: 'DELETE' });
    expect(removal.status).toBe(405);
    expect(removal.json()).toMatchObject({
      errors: [{ code: 'REGISTRY_DISALLOWED_OPERATION', detail: {} }],
    });
    expect((await registry.send('/acr/v1/locked', { method: 'DELETE' })).status).toBe(405);
    expect((await registry.send('/v2/locked/manifests/v1')).status).toBe(200);
    await patch(path, { writeEnabled: true });
    await registry.pushImage('locked', 'v1', 'b');
  });

  it('on a manifest forbid to delete it, and on reading to pull it', async () => {
    const digest = await registry.pushImage('pinned', 'v1');
    const path = `/acr/v1/pinned/_manifests/${digest}`;
    await patch(path, { deleteEnabled: false, readEnabled: false });
    const at = `/v2/pinned/manifests/${digest}`;
    expect((await registry.send(at, { method: 'DELETE' })).status).toBe(405);
    expect((await registry.send(at)).status).toBe(405);
    await patch(path, { deleteEnabled: true, readEnabled: true });
    expect((await registry.send(at)).status).toBe(200);
  });

  it.each(['', '/_tags/v1', '/_manifests/DIGEST'])(
    'on %j keep the blobs that are needed there',
    async (part) => {
      const digest = await registry.pushImage('kept', 'v1');
      const { config } = (await get(`/v2/kept/manifests/${digest}`)) as {
        config: { digest: string };
      };
      const blob = `/v2/kept/blobs/${config.digest}`;
      const path = `/acr/v1/kept${part.replace('DIGEST', digest)}`;
      for (const lock of [{ writeEnabled: false }, { deleteEnabled: false }]) {
        await patch(path, lock);
        expect((await registry.send(blob, { method: 'DELETE' })).status).toBe(405);
        await patch(path, { writeEnabled: true, deleteEnabled: true });
      }
      expect((await registry.send(blob, { method: 'DELETE' })).status).toBe(202);
      expect((await registry.send(blob, { method: 'DELETE' })).status).toBe(404);
    },
  );

  it('on reading a repository forbid it all that is in it', async () => {
    const digest = await registry.pushImage('closed', 'v1');
    const blob = await registry.pushBlob('closed', 'secret');
    await patch('/acr/v1/closed', { readEnabled: false });
    for (const path of [
      `manifests/v1`,
      `manifests/${digest}`,
      `blobs/${blob}`,
      `referrers/${digest}`,
    ]) {
      expect((await registry.send(`/v2/closed/${path}`)).status, path).toBe(405);
    }
    expect((await registry.send(`/v2/closed/blobs/${blob}`, { method: 'HEAD' })).status).toBe(405);
    for (const from of ['&from=closed', '']) {
      const mount = `/v2/thief/blobs/uploads/?mount=${blob}${from}`;
      expect((await registry.send(mount, { method: 'POST' })).status).toBe(202);
    }
    await patch('/acr/v1/closed', { readEnabled: true });
    expect((await registry.send(`/v2/closed/blobs/${blob}`)).status).toBe(200);
  });

  it('on listing hide a repository from the catalog', async () => {
    await registry.pushImage('hidden', 'v1');
    await patch('/acr/v1/hidden', { listEnabled: false });
    expect((await registry.send('/acr/v1/_catalog')).body.toString()).not.toContain('hidden');
    await registry.restart();
    expect((await registry.send('/v2/_catalog')).body.toString()).not.toContain('hidden');
    await patch('/acr/v1/hidden', { listEnabled: true });
    expect((await registry.send('/v2/_catalog')).body.toString()).toContain('hidden');
  });
});

describe('soft delete', () => {
  it('keeps manifests to be restored with their tags', async () => {
    await registry.configure({ softDelete: { enabled: true, retentionDays: 7 } });
    const digest = await registry.pushImage('soft', 'v1', 'one');
    await registry.send(`/v2/soft/manifests/${digest}`, { method: 'DELETE' });
    expect((await registry.send('/v2/soft/manifests/v1')).status).toBe(404);
    const deletedAt = TIME;
    expect(await get('/acr/v1/_deleted/soft/_manifests')).toMatchObject({
      manifests: [{ digest, tags: ['v1'], deletedAt }],
    });
    expect(await get('/acr/v1/_deleted/_catalog')).toEqual({ repositories: ['soft'] });
    expect(await get('/acr/v1/_deleted/soft/_tags')).toMatchObject({
      tags: [{ tag: 'v1', digest, deletedAt }],
    });
    await registry.pushImage('soft', 'v1', 'two');
    const restore = (query: string) =>
      registry.send(`/acr/v1/_deleted/soft/_manifests/${digest}${query}`, { method: 'POST' });
    expect((await restore('')).status).toBe(409);
    expect((await restore('?force=true')).status).toBe(200);
    const { headers } = await registry.send('/v2/soft/manifests/v1');
    expect(headers['docker-content-digest']).toBe(digest);
    expect(await get('/acr/v1/soft')).toMatchObject({ manifestCount: 2, tagCount: 1 });
    expect((await restore('')).status).toBe(404);
    expect(await get('/acr/v1/_deleted/_catalog')).toEqual({ repositories: [] });
    await registry.configure({ softDelete: { enabled: false, retentionDays: 7 } });
  });
});
