import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { createFixture, imageManifest, type RegistryFixture } from './testing/registry-fixture.js';

let registry: RegistryFixture;
beforeEach(async () => {
  registry = await createFixture();
});
afterEach(() => registry.close());

/** Everything not wanted this very moment counts as old. */
async function collect() {
  await new Promise((resolve) => setTimeout(resolve, 3));
  return registry.host.collectGarbage(0);
}
const status = async (path: string) => (await registry.send(path, { method: 'HEAD' })).status;

describe('garbage collection', () => {
  it('removes blobs without a manifest, and files without a repository', async () => {
    const digest = await registry.pushBlob('a', 'left over');
    await registry.send(`/v2/b/blobs/uploads/?mount=${digest}&from=a`, { method: 'POST' });
    await registry.pushImage('a', 'v1');
    expect(await registry.host.collectGarbage(60_000)).toMatchObject({ links: 0, files: 0 });
    expect(await collect()).toMatchObject({ links: 2, files: 1, bytes: 9 });
    expect(await status(`/v2/a/blobs/${digest}`)).toBe(404);
    expect(await registry.pushBlob('a', 'left over')).toBe(digest);
  });

  it('keeps what manifests need, in each repository on its own', async () => {
    await registry.pushImage('a', 'v1', 'same');
    await registry.pushImage('b', 'v1', 'same');
    await registry.send('/acr/v1/a', { method: 'DELETE' });
    await collect();
    const layer = digestOf('layer of same');
    expect(await status(`/v2/b/blobs/${layer}`)).toBe(200);
    expect(await status(`/v2/a/blobs/${layer}`)).toBe(404);
    await registry.send('/acr/v1/b', { method: 'DELETE' });
    expect(await collect()).toMatchObject({ files: 2 });
  });

  it('keeps every byte of what was softly deleted, also where nothing else is left', async () => {
    await registry.configure({ softDelete: { enabled: true, retentionDays: 1 } });
    const manifest = await imageManifest(registry, 'a', 'seed');
    expect((await registry.putManifest('a', 'v1', manifest)).status).toBe(201);
    const cache = await registry.pushBlob('a', 'cached layer');
    const index = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociIndex,
      manifests: [{ mediaType: MEDIA_TYPE.ociLayer, digest: cache, size: 12 }],
    };
    expect((await registry.putManifest('a', 'cache', index)).status).toBe(201);
    const deleted = [manifest, index].map((document) => digestOf(JSON.stringify(document)));
    for (const one of deleted) {
      const { status: answer } = await registry.send(`/v2/a/manifests/${one}`, {
        method: 'DELETE',
      });
      expect(answer).toBe(202);
    }
    expect(await collect()).toMatchObject({ links: 0, files: 0 });
    for (const one of deleted) {
      const restore = `/acr/v1/_deleted/a/_manifests/${one}`;
      expect((await registry.send(restore, { method: 'POST' })).status).toBe(200);
    }
    expect(await status('/v2/a/manifests/v1')).toBe(200);
    for (const blob of [manifest.config.digest, manifest.layers[0]!.digest, cache]) {
      expect(await status(`/v2/a/blobs/${blob}`)).toBe(200);
    }
  });

  it('keeps a layer that could be had elsewhere, but was pushed', async () => {
    const image = await imageManifest(registry, 'a', 'windows');
    const [layer] = image.layers;
    const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const layers = [{ ...layer, mediaType, urls: ['https://example.com/layer'] }];
    expect((await registry.putManifest('a', 'v1', { ...image, layers })).status).toBe(201);
    expect(await collect()).toMatchObject({ links: 0, files: 0 });
    expect(await status(`/v2/a/blobs/${layer!.digest}`)).toBe(200);
  });

  it('gives the blobs of what was softly deleted back when its time is over', async () => {
    await registry.configure({ softDelete: { enabled: true, retentionDays: 1 } });
    const digest = await registry.pushImage('a', 'v1');
    await registry.send(`/v2/a/manifests/${digest}`, { method: 'DELETE' });
    await registry.configure({ softDelete: { enabled: false, retentionDays: 1 } });
    expect(await collect()).toMatchObject({ links: 2, files: 2 });
  });

  it('never takes a blob from under a manifest that it let in', async () => {
    let collecting = true;
    let grace = 5; // about as long as a push takes here, so that both outcomes occur
    const collector = (async () => {
      while (collecting) await registry.host.collectGarbage(grace);
    })();
    let pushed = 0;
    try {
      for (let round = 0; round < 30; round++) {
        const repository = `race-${round % 3}`;
        const manifest = await imageManifest(registry, repository, `seed ${round % 5}`);
        const answer = await registry.putManifest(repository, `t${round}`, manifest);
        // So short a grace may run out before the manifest comes. Then the push must fail.
        if (answer.status === 201) {
          pushed++;
          grace = Math.max(1, grace - 10);
          for (const { digest } of [manifest.config, ...manifest.layers]) {
            expect(await status(`/v2/${repository}/blobs/${digest}`)).toBe(200);
          }
        } else {
          expect(answer.body.toString()).toContain('MANIFEST_BLOB_UNKNOWN');
          grace += 20;
        }
        await registry.send(`/acr/v1/${repository}`, { method: 'DELETE' });
      }
    } finally {
      collecting = false;
      await collector;
    }
    expect(pushed).toBeGreaterThan(0);
  });

  it('counts what repositories hold', async () => {
    await registry.pushImage('a', 'v1', 'one');
    await registry.pushImage('a', 'v2', 'one');
    const [usage] = (await registry.host.get('reg')?.usage()) ?? [];
    const { body } = await registry.send('/v2/a/manifests/v1');
    const { config, layers } = JSON.parse(body.toString()) as {
      config: { size: number };
      layers: [{ size: number }];
    };
    const bytes = body.length + config.size + layers[0].size;
    expect(usage).toEqual({ repository: 'a', bytes, manifests: 1, tags: 2 });
    const metrics = (await registry.send('/metrics')).body.toString();
    expect(metrics).toContain(
      `lazurite_registry_repository_bytes{registry="reg",repository="a"} ${bytes}`,
    );
    expect(metrics).toMatch(/lazurite_registry_requests_total\{[^}]*route="uploads"[^}]*\} 4/);
    expect((await registry.send('/metrics', { authorization: null })).status).toBe(401);
  });
});
