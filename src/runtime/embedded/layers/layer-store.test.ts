import * as fs from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../oci/digest.js';
import { UnsafeEntryError } from '../../../oci/layer/entry-path.js';
import { MEDIA_TYPE } from '../../../oci/media-types.js';
import type { ImageSource } from '../../runtime.js';
import { scratchDirectory, tar, type Entry } from '../testing/scratch.js';
import { LayerStore } from './layer-store.js';
import { LayerMismatchError } from './read-layer.js';

async function newStore(): Promise<LayerStore> {
  const store = new LayerStore({ directory: scratchDirectory(), format: 'plain' });
  await store.open();
  return store;
}

interface TestImage extends ImageSource {
  opened: number;
}

async function imageOf(
  layers: (readonly Entry[])[],
  mangle: (blob: Buffer) => Buffer = (blob) => blob,
): Promise<TestImage> {
  const tars = await Promise.all(layers.map(tar));
  const blobs = tars.map((each) => mangle(gzipSync(each)));
  const image: TestImage = {
    opened: 0,
    manifestDigest: digestOf(`${tars.length}`),
    config: {
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: tars.map((each) => digestOf(each)) },
    },
    layers: blobs.map((blob) => ({
      mediaType: MEDIA_TYPE.ociLayerGzip,
      digest: digestOf(blob),
      size: blob.length,
    })),
    openLayer: async (layer) => {
      image.opened += 1;
      return Readable.from([blobs.find((blob) => digestOf(blob) === layer.digest)]);
    },
  };
  return image;
}

describe('LayerStore', () => {
  it('unpacks layers in order and shares them between images', async () => {
    const store = await newStore();
    const base: Entry[] = [{ name: 'base', content: 'base' }];
    const first = await store.unpack(await imageOf([base, [{ name: 'one', content: '1' }]]));
    const second = await store.unpack(await imageOf([base, [{ name: 'two', content: '2' }]]));
    expect(first.layerPaths[0]).toBe(second.layerPaths[0]);
    expect(first.layerPaths.map((path) => fs.readdirSync(path))).toEqual([['base'], ['one']]);
  });

  it('keeps layers over a restart and clears what was half done', async () => {
    const directory = scratchDirectory();
    const store = new LayerStore({ directory, format: 'plain' });
    await store.open();
    const image = await imageOf([[{ name: 'x', content: 'x' }]]);
    await store.unpack(image);
    const half = await store.scratch();
    const owner = { pid: process.pid, started: 'an earlier life' };
    fs.writeFileSync(join(half, '..', 'owner.json'), JSON.stringify(owner));
    const next = new LayerStore({ directory, format: 'plain' });
    await next.open();
    await next.unpack(image);
    expect(image.opened).toBe(1);
    expect(fs.readdirSync(next.directory)).toHaveLength(1);
    expect(fs.existsSync(half)).toBe(false);
  });

  it('leaves alone what another store of the same folder has under way', async () => {
    const directory = scratchDirectory();
    const store = new LayerStore({ directory, format: 'plain' });
    const half = await store.scratch();
    const other = new LayerStore({ directory, format: 'plain' });
    await other.open();
    await other.close();
    expect(fs.existsSync(half)).toBe(true);
    await store.close();
    expect(fs.existsSync(half)).toBe(false);
  });

  it('leaves nothing of a layer that is refused', async () => {
    const store = await newStore();
    await expect(store.unpack(await imageOf([[{ name: '../x', content: '' }]]))).rejects.toThrow(
      UnsafeEntryError,
    );
    const lie = await imageOf([[{ name: 'x', content: '' }]]);
    lie.config.rootfs.diff_ids = [digestOf('other')];
    await expect(store.unpack(lie)).rejects.toThrow(LayerMismatchError);
    expect(fs.readdirSync(store.directory)).toEqual([]);
  });

  it.each<[string, (blob: Buffer) => Buffer, RegExp]>([
    ['is cut off', (blob) => blob.subarray(0, -20), /unexpected end|invalid/i],
    ['is no archive', () => Buffer.from('not a tar at all, and not compressed either'), /./],
    ['is empty', () => Buffer.alloc(0), /diff id/],
    ['is damaged', (blob) => Buffer.concat([blob.subarray(0, 30), Buffer.alloc(60)]), /./],
  ])('refuses a layer that %s', async (_what, mangle, message) => {
    const store = await newStore();
    const entries = Array.from({ length: 50 }, (_, index) => ({
      name: `file-${index}`,
      content: `${Math.sin(index)}`,
    }));
    await expect(store.unpack(await imageOf([entries], mangle))).rejects.toThrow(message);
    expect(fs.readdirSync(store.directory)).toEqual([]);
  });

  it('refuses an image whose layers and diff ids differ in number', async () => {
    const store = await newStore();
    const image = await imageOf([[{ name: 'x' }]]);
    image.config.rootfs.diff_ids.push(digestOf('more'));
    await expect(store.unpack(image)).rejects.toThrow(/1 layers but 2 diff ids/);
  });

  it('passes on why a layer cannot be read', async () => {
    const store = await newStore();
    const image = await imageOf([[{ name: 'x' }]]);
    image.openLayer = async () => {
      throw new Error('blob unknown');
    };
    await expect(store.unpack(image)).rejects.toThrow('blob unknown');
  });

  it('stops when the last who asked has left, and only then', async () => {
    const store = await newStore();
    const image = await imageOf([[{ name: 'x', content: 'x' }]]);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const open = image.openLayer;
    image.openLayer = async (layer, signal) => {
      await held;
      signal?.throwIfAborted();
      return open(layer, signal);
    };
    const impatient = new AbortController();
    const first = store.unpack(image, impatient.signal);
    const second = store.unpack(image, new AbortController().signal);
    impatient.abort(new Error('too slow'));
    await expect(first).rejects.toThrow('too slow');
    release();
    expect((await second).layerPaths).toHaveLength(1);
    expect(image.opened).toBe(1);
  });

  it('prunes what was not asked for since, and is not in use', async () => {
    const store = await newStore();
    const layers = ['a', 'b', 'c', 'd'].map((name) => [{ name, content: name }]);
    const { layerPaths } = await store.unpack(await imageOf(layers));
    const before = new Date(Date.now() - 1000);
    for (const path of layerPaths) fs.utimesSync(join(path, '..', 'layer.json'), 0, 0);
    await store.unpack(await imageOf(layers.slice(0, 1)));
    expect(await store.prune(before, layerPaths.slice(1, 2))).toBe(2);
    expect(layerPaths.map((path) => fs.existsSync(path))).toEqual([true, true, false, false]);
  });
});
