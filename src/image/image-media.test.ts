import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Descriptor } from '../oci/descriptor.js';
import { digestOf } from '../oci/digest.js';
import { parseManifest } from '../oci/manifest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { createRegistryClient } from '../remote/client.js';
import { MemoryRegistry } from '../remote/testing/memory-registry.js';
import { copyImage } from './copy/copy-image.js';
import { openReader, openWriter, type OpenRepository } from './image-access.js';
import { parseLocation } from './location.js';
import { SampleLayout } from './testing/sample-layout.js';

let directory: string;
let registry: MemoryRegistry;
let sample: SampleLayout;
let index: Descriptor;
let children: Descriptor[];
let referrer: Descriptor;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'lazurite-media-'));
  registry = await MemoryRegistry.start();
  sample = await SampleLayout.create(path.join(directory, 'source'));
  const amd64 = await sample.addImage('linux/amd64');
  const arm64 = await sample.addImage('linux/arm64');
  children = [amd64, arm64, await sample.addAttestation(amd64)];
  index = await sample.addIndex(children, { annotations: { note: 'kept' } });
  referrer = await sample.addReferrer(index, 'signed');
  await sample.name({ v1: index, single: amd64 }, [referrer]);
});
afterEach(async () => {
  await registry.close();
  await rm(directory, { recursive: true });
});

const openRepository: OpenRepository = ({ repository }) => {
  const client = createRegistryClient({ resolveEndpoint: () => ({ baseUrl: registry.baseUrl }) });
  return Promise.resolve(client.repository(registry.host, repository));
};
const reader = (text: string) => openReader(parseLocation(text), openRepository);
const writer = (text: string) => openWriter(parseLocation(text), openRepository);
const source = (name = 'v1') => reader(`oci:${sample.directory}:${name}`);

/** What every place for images owes, whatever it is. */
describe.each([
  ['a registry', () => `${registry.host}/app:v1`],
  ['a layout', () => `oci:${directory}/target:v1`],
  ['an archive', () => `docker-archive:${directory}/target.tar:app:v1`],
])('%s', (_name, place) => {
  it('gives back every byte of an index', async () => {
    const target = await writer(place());
    const result = await copyImage(await source(), target);
    await target.close();
    expect(result).toMatchObject({ digest: index.digest, manifests: { written: 4, present: 0 } });
    const copy = await reader(place());
    const root = await copy.getManifest(copy.root);
    expect(root).toMatchObject({ digest: index.digest, mediaType: MEDIA_TYPE.ociIndex });
    for (const child of children) {
      const manifest = await copy.getManifest(child.digest);
      expect(manifest.digest).toBe(child.digest);
      const parsed = parseManifest(manifest.bytes, manifest.mediaType);
      if (parsed.kind !== 'image') throw new Error('not an image');
      for (const blob of [parsed.manifest.config, ...parsed.manifest.layers]) {
        expect(digestOf(await buffer(await copy.getBlob(blob)))).toBe(blob.digest);
      }
    }
    await copy.close();
  });

  it('keeps referrers', async () => {
    await copyImage(await source(), await writer(place()), { referrers: true });
    const copy = await reader(place());
    const found = await copy.listReferrers(index.digest);
    expect(found.map(({ digest }) => digest)).toEqual([referrer.digest]);
    expect(await copy.listReferrers(children[0]!.digest)).toEqual([]);
  });

  it('has no name before the commit', async () => {
    const target = await writer(place());
    await copyImage(await source(), { ...target, commit: () => Promise.resolve() });
    await expect(readRoot(place())).rejects.toThrow(/no image|no file|MANIFEST_UNKNOWN/);
  });

  it('gives the name to the image that comes later', async () => {
    await copyImage(await source('single'), await writer(place()));
    await copyImage(await source(), await writer(place()));
    expect((await readRoot(place())).digest).toBe(index.digest);
  });

  it('goes on where an earlier attempt was cut off', async () => {
    const controller = new AbortController();
    const attempt = copyImage(await source(), await writer(place()), {
      concurrency: 1,
      signal: controller.signal,
      onEvent: ({ kind }) => {
        if (kind === 'blob-done') controller.abort(new Error('cut off'));
      },
    });
    await expect(attempt).rejects.toThrow('cut off');
    await expect(readRoot(place())).rejects.toThrow(/no image|no file|not an OCI|MANIFEST_UNKNOWN/);
    const { blobs } = await copyImage(await source(), await writer(place()));
    expect(blobs.present).toBeGreaterThanOrEqual(1);
    expect(blobs.written + blobs.present).toBe(6);
    expect((await readRoot(place())).digest).toBe(index.digest);
  });

  it('says that a blob is not there', async () => {
    await copyImage(await source(), await writer(place()));
    const copy = await reader(place());
    const missing = { mediaType: '', digest: digestOf('missing'), size: 7 };
    await expect(copy.getBlob(missing)).rejects.toMatchObject({ kind: 'blob-unknown' });
    await expect(copy.getManifest(missing.digest)).rejects.toMatchObject({
      kind: 'manifest-unknown',
    });
  });
});

async function readRoot(place: string) {
  const copy = await reader(place);
  return copy.getManifest(copy.root);
}
