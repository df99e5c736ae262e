import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Descriptor } from '../oci/descriptor.js';
import { digestOf } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { formatPlatform, parsePlatform } from '../oci/platform.js';
import { parseReference } from '../oci/reference.js';
import { createRegistryClient } from './client.js';
import { PlatformMismatchError, resolveImage } from './image-resolver.js';
import { OciLayout } from '../image/layout/oci-layout.js';
import { pushImage } from '../image/testing/push-image.js';
import type { RegistryClient } from './registry-client.js';
import { MemoryRegistry } from './testing/memory-registry.js';

let registry: MemoryRegistry;
let client: RegistryClient;
let directory: string;
let layout: OciLayout;
beforeEach(async () => {
  registry = await MemoryRegistry.start();
  client = createRegistryClient({ resolveEndpoint: () => ({ baseUrl: registry.baseUrl }) });
  directory = await mkdtemp(path.join(tmpdir(), 'lazurite-layout-'));
  layout = await OciLayout.create(directory);
});
afterEach(async () => {
  await registry.close();
  await rm(directory, { recursive: true });
});

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const platform = (text: string) => parsePlatform(text)!;
const layerBytes = Buffer.from('layer');

async function addImage(text: string, change: object = {}): Promise<Descriptor> {
  const layer = {
    mediaType: MEDIA_TYPE.ociLayerGzip,
    digest: digestOf(layerBytes),
    size: layerBytes.length,
  };
  await layout.writeBlob(layer, Readable.from([layerBytes]));
  const document = {
    ...platform(text),
    rootfs: { type: 'layers', diff_ids: [digestOf('x')] },
    ...change,
  };
  const config = await layout.writeDocument(MEDIA_TYPE.ociConfig, json(document));
  const manifest = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociManifest, config, layers: [layer] };
  const written = await layout.writeDocument(MEDIA_TYPE.ociManifest, json(manifest));
  return { ...written, platform: platform(text) };
}

async function push(root: Descriptor, tag = 'v1'): Promise<void> {
  await pushImage(client, directory, root, parseReference(`r.test/app:${tag}`)!);
}

async function addIndex(manifests: Descriptor[]): Promise<Descriptor> {
  const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests };
  return layout.writeDocument(MEDIA_TYPE.ociIndex, json(document));
}

const resolve = (wanted: string, tag = 'v1') =>
  resolveImage(client, parseReference(`r.test/app:${tag}`)!, platform(wanted), {
    referenceText: `r.test/app:${tag}`,
  });

describe('resolveImage', () => {
  it('finds a single image and opens its layers', async () => {
    const root = await addImage('linux/amd64');
    await push(root);
    const image = await resolve('linux/amd64');
    expect(image.manifestDigest).toBe(root.digest);
    expect(image.size).toBe(layerBytes.length);
    expect(await buffer(await image.openLayer(image.layers[0]!))).toEqual(layerBytes);
  });

  it('goes through an index, and an index in it', async () => {
    const arm = await addImage('linux/arm/v6');
    const amd = await addImage('linux/amd64');
    const nested = { ...(await addIndex([amd])), platform: platform('linux/amd64') };
    await push(await addIndex([arm, nested]));
    expect((await resolve('linux/arm/v7')).manifestDigest).toBe(arm.digest);
    expect((await resolve('linux/amd64')).manifestDigest).toBe(amd.digest);
  });

  it('says what there is when nothing in the index fits', async () => {
    const attestation = {
      ...(await addImage('linux/s390x')),
      platform: { os: 'unknown', architecture: 'unknown' },
    };
    await push(await addIndex([await addImage('linux/arm64'), attestation]));
    const error: unknown = await resolve('linux/amd64').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PlatformMismatchError);
    expect(error).toMatchObject({
      source: 'index',
      available: [platform('linux/arm64')],
      message: 'no child with platform linux/amd64 found in manifest list for r.test/app:v1',
    });
  });

  it('takes an entry without a platform for linux/amd64, until its config says otherwise', async () => {
    const { platform: dropped, ...amd } = await addImage('linux/amd64');
    await push(await addIndex([amd]));
    expect((await resolve(formatPlatform(dropped!))).manifestDigest).toBe(amd.digest);
    const { platform: alsoDropped, ...arm } = await addImage('linux/arm64');
    await push(await addIndex([arm]));
    await expect(resolve('linux/amd64')).rejects.toThrow(
      `but found ${formatPlatform(alsoDropped!)}`,
    );
  });

  it('says what a single image is for', async () => {
    await push(await addImage('linux/arm64'));
    await expect(resolve('linux/amd64')).rejects.toThrow(
      'image OS/Arc must be linux/amd64 but found linux/arm64',
    );
  });

  const layerCount = { rootfs: { type: 'layers', diff_ids: [] } };
  it.each([
    ['a config that lists other layers', () => addImage('linux/amd64', layerCount), /1 layers but/],
    ['a config that is none', () => addImage('linux/amd64', { rootfs: 1 }), /rootfs is missing/],
    [
      'an index in an index without end',
      async () => {
        let root = { ...(await addImage('linux/amd64')) };
        for (let depth = 0; depth < 6; depth++) {
          root = { ...(await addIndex([root])), platform: platform('linux/amd64') };
        }
        return root;
      },
      /nested deeper/,
    ],
  ] as [string, () => Promise<Descriptor>, RegExp][])(
    'refuses %s',
    async (_name, make, message) => {
      await push(await make());
      await expect(resolve('linux/amd64')).rejects.toMatchObject({
        kind: 'bad-content',
        message: expect.stringMatching(message) as string,
      });
    },
  );

  it('refuses a child of another size', async () => {
    const child = await addImage('linux/amd64');
    await push(child);
    const { digest } = await addIndex([{ ...child, size: child.size + 1 }]);
    const bytes = await readFile(layout.blobPath(digest));
    registry.manifests.set('app/v1', { mediaType: MEDIA_TYPE.ociIndex, bytes });
    await expect(resolve('linux/amd64')).rejects.toMatchObject({
      kind: 'bad-content',
      message: expect.stringMatching(/its index says/) as string,
    });
  });
});
