import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Descriptor } from '../../oci/descriptor.js';
import { digestOf } from '../../oci/digest.js';
import { parseManifest } from '../../oci/manifest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { formatPlatform, parsePlatform } from '../../oci/platform.js';
import { createRegistryClient } from '../../remote/client.js';
import { MemoryRegistry } from '../../remote/testing/memory-registry.js';
import { openReader, openWriter, type OpenRepository } from '../image-access.js';
import { parseLocation } from '../location.js';
import { SampleLayout } from '../testing/sample-layout.js';
import { copyImage, type CopyOptions } from './copy-image.js';

let directory: string;
let registry: MemoryRegistry;
let sample: SampleLayout;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'lazurite-copy-'));
  registry = await MemoryRegistry.start();
  sample = await SampleLayout.create(path.join(directory, 'source'));
});
afterEach(async () => {
  await registry.close();
  await rm(directory, { recursive: true });
});

const openRepository: OpenRepository = ({ repository }) => {
  const client = createRegistryClient({ resolveEndpoint: () => ({ baseUrl: registry.baseUrl }) });
  return Promise.resolve(client.repository(registry.host, repository));
};

async function copy(from: string, to: string, options?: CopyOptions) {
  const reader = await openReader(parseLocation(from), openRepository);
  const writer = await openWriter(parseLocation(to), openRepository);
  return copyImage(reader, writer, options);
}

/** Copies what the layout calls `v1` to the registry. */
const push = (root: Descriptor, options?: CopyOptions, to = 'app:v1') =>
  sample
    .name({ v1: root })
    .then(() => copy(`oci:${sample.directory}:v1`, `${registry.host}/${to}`, options));

const uploads = () => registry.requests.filter((line) => line.startsWith('POST')).length;

describe('copyImage', () => {
  it('sends each blob once and moves the tag last', async () => {
    const images = [
      await sample.addImage('linux/amd64', 'same layer'),
      await sample.addImage('linux/arm64', 'same layer'),
    ];
    const result = await push(await sample.addIndex([...images, images[0]!]));
    expect(result).toMatchObject({
      manifests: { written: 3, present: 0 },
      blobs: { written: 3, mounted: 0, present: 0, foreign: 0 },
    });
    expect(uploads()).toBe(3);
    expect(registry.requests.at(-1)).toBe('PUT /v2/app/manifests/v1');
  });

  it('sends only what is not there yet', async () => {
    const amd64 = await sample.addImage('linux/amd64');
    await push(amd64);
    const result = await push(await sample.addIndex([amd64, await sample.addImage('linux/arm64')]));
    expect(result).toMatchObject({
      manifests: { written: 2, present: 1 },
      blobs: { written: 2, mounted: 0, present: 2, foreign: 0 },
    });
  });

  it('leaves layers alone that may not be handed on, unless they are there', async () => {
    const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const config = await sample.addBlob(MEDIA_TYPE.ociConfig, Buffer.from('{}'));
    const there = await sample.addBlob(mediaType, Buffer.from('a copy of it'));
    const elsewhere = { mediaType, digest: digestOf('elsewhere'), size: 9 };
    const foreign = await sample.addManifest({ config, layers: [there, elsewhere] });
    expect(await push(foreign)).toMatchObject({ blobs: { written: 2, foreign: 1 } });
    const layers = [{ ...elsewhere, mediaType: MEDIA_TYPE.ociLayerGzip }];
    await expect(push(await sample.addManifest({ config, layers }))).rejects.toMatchObject({
      kind: 'blob-unknown',
    });
  });

  it('moves no tag when a blob is refused', async () => {
    await push(await sample.addImage('linux/amd64'));
    registry.intercept = (request, response) => {
      if (request.method !== 'PUT' || !request.url?.includes('/blobs/')) return false;
      response.writeHead(403).end();
      return true;
    };
    const other = await sample.addIndex([await sample.addImage('linux/arm64')]);
    await expect(push(other, {}, 'app:v2')).rejects.toMatchObject({ kind: 'denied' });
    expect(registry.manifests.has('app/v2')).toBe(false);
    registry.intercept = undefined;
    expect((await push(other, {}, 'app:v2')).digest).toBe(other.digest);
  });

  it.each([
    ['an image', () => sample.addImage('linux/amd64')],
    ['an index', async () => sample.addIndex([await sample.addImage('linux/amd64')])],
  ])('refuses a layout in which %s is damaged', async (_name, make) => {
    const root = await make();
    await writeFile(sample.layout.blobPath(root.digest), '{}');
    await expect(push(root)).rejects.toThrow(/other content/);
    expect(registry.manifests.size).toBe(0);
  });

  it('refuses a blob that is damaged, and leaves no tag', async () => {
    const image = await sample.addImage('linux/amd64');
    const { bytes, mediaType } = await sample.layout.getManifest(image.digest);
    const parsed = parseManifest(bytes, mediaType);
    const [layer] = parsed.kind === 'image' ? parsed.manifest.layers : [];
    await writeFile(sample.layout.blobPath(layer!.digest), 'x'.repeat(layer!.size));
    await expect(push(image)).rejects.toThrow(/has other content/);
    expect(registry.manifests.size).toBe(0);
  });

  it('ends on indexes that are nested without end', async () => {
    let root = await sample.addImage('linux/amd64');
    for (let level = 0; level < 12; level++) root = await sample.addIndex([root]);
    await expect(push(root)).rejects.toThrow(/nested deeper than 8/);
  });

  it('ends on indexes with too many manifests', async () => {
    const images = [await sample.addImage('linux/amd64'), await sample.addImage('linux/arm64')];
    const root = await sample.addIndex(images);
    await expect(push(root, { maxManifests: 1 })).rejects.toThrow(/more than 1 manifests/);
  });

  it('refuses a document it does not understand', async () => {
    const odd = await sample.addBlob('application/vnd.test.odd', Buffer.from('{"odd":true}'));
    await expect(push(await sample.addIndex([odd]))).rejects.toThrow(/not understood/);
  });

  it('refuses a digest that the image does not have', async () => {
    const image = await sample.addImage('linux/amd64');
    await expect(push(image, {}, `app@${digestOf('other')}`)).rejects.toThrow(/another image/);
    expect(registry.requests).toEqual([]);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const options: CopyOptions = {
      signal: controller.signal,
      onEvent: () => controller.abort(new Error('enough')),
    };
    await expect(push(await sample.addImage('linux/amd64'), options)).rejects.toThrow('enough');
    expect(registry.manifests.size).toBe(0);
  });
});

describe('a choice of platforms', () => {
  const platforms = (...texts: string[]) => texts.map((text) => parsePlatform(text)!);
  const windows = (build: string) => sample.addImage(`windows(10.0.${build})/amd64`);

  async function sampleIndex(): Promise<Descriptor> {
    const amd64 = await sample.addImage('linux/amd64');
    const arm64 = await sample.addImage('linux/arm64/v8');
    return sample.addIndex(
      [
        amd64,
        arm64,
        await windows('17763.1'),
        await windows('20348.2'),
        await sample.addAttestation(amd64),
        await sample.addAttestation(arm64),
      ],
      { annotations: { kept: 'yes' } },
    );
  }

  async function entriesOf(tag: string): Promise<string[]> {
    const { bytes } = registry.manifests.get(`app/${tag}`)!;
    const parsed = parseManifest(bytes, MEDIA_TYPE.ociIndex);
    if (parsed.kind !== 'index') throw new Error('no index');
    expect(parsed.index.annotations).toEqual({ kept: 'yes' });
    return parsed.index.manifests.map((entry) => {
      const about = entry.annotations?.['vnd.docker.reference.digest'];
      const platform = entry.platform!;
      return about === undefined
        ? [formatPlatform(platform), platform['os.version']].join(' ').trim()
        : 'attestation';
    });
  }

  it.each([
    [['linux/arm64'], ['linux/arm64', 'attestation']],
    [
      ['linux/amd64', 'linux/arm64'],
      ['linux/amd64', 'linux/arm64', 'attestation', 'attestation'],
    ],
    [['windows/amd64'], ['windows/amd64 10.0.17763.1', 'windows/amd64 10.0.20348.2']],
    [['windows(10.0.17763)/amd64'], ['windows/amd64 10.0.17763.1']],
  ])('%j keeps %j', async (wanted, kept) => {
    const root = await sampleIndex();
    const result = await push(root, { platforms: platforms(...wanted) });
    expect(result.rewrittenFrom).toBe(root.digest);
    expect(result.digest).not.toBe(root.digest);
    expect(await entriesOf('v1')).toEqual(kept);
  });

  it('keeps the bytes when everything is chosen', async () => {
    const root = await sampleIndex();
    const all = platforms('linux/amd64', 'linux/arm64', 'windows/amd64');
    const result = await push(root, { platforms: all });
    expect(result).toMatchObject({ digest: root.digest });
    expect(result.rewrittenFrom).toBeUndefined();
  });

  it.each([
    ['index', 'no child with platform linux/s390x found in manifest list'],
    ['image', 'image OS/Arc must be linux/s390x but found linux/amd64'],
  ])('says when an %s does not have it', async (kind, message) => {
    const root = kind === 'index' ? await sampleIndex() : await sample.addImage('linux/amd64');
    await expect(push(root, { platforms: platforms('linux/s390x') })).rejects.toThrow(message);
    expect(registry.requests).toEqual([]);
  });

  it('takes a single image for its own platform', async () => {
    const image = await sample.addImage('linux/amd64');
    const result = await push(image, { platforms: platforms('linux/amd64') });
    expect(result.digest).toBe(image.digest);
  });
});

describe('referrers', () => {
  it('come with theirs, each once', async () => {
    const image = await sample.addImage('linux/amd64');
    const root = await sample.addIndex([image]);
    const signature = await sample.addReferrer(root, 'signature');
    const about = await sample.addReferrer(signature, 'about the signature');
    const document = await sample.addReferrer(image, 'document');
    await sample.name({ v1: root }, [signature, about, document]);
    const from = `oci:${sample.directory}:v1`;
    const result = await copy(from, `${registry.host}/app:v1`, { referrers: true });
    expect(result.referrers).toBe(3);
    const second = await copy(`${registry.host}/app:v1`, `oci:${directory}/target:v1`, {
      referrers: true,
    });
    expect(second).toMatchObject({ digest: root.digest, referrers: 3 });
  });
});
