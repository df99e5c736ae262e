import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pack, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../base/failure.js';
import { digestOf } from '../../oci/digest.js';
import { DocumentError } from '../../oci/document.js';
import { parseManifest } from '../../oci/manifest.js';
import { openArchive } from './archive-reader.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'lazurite-archive-test-'));
});
afterEach(() => rm(directory, { recursive: true }));

type Entry =
  [name: string, content: string | Buffer] | [header: Partial<Header> & { name: string }];

async function write(entries: readonly Entry[]): Promise<string> {
  const tar = pack();
  for (const [header, content = ''] of entries) {
    tar.entry(typeof header === 'string' ? { name: header } : header, content);
  }
  tar.finalize();
  const file = path.join(directory, 'archive.tar');
  await writeFile(file, await buffer(tar));
  return file;
}

const layer = Buffer.from('a layer of the image');
const packed = gzipSync(layer);
const configOf = (...layers: Buffer[]) =>
  JSON.stringify({
    ...{ os: 'linux', architecture: 'amd64' },
    rootfs: { type: 'layers', diff_ids: layers.map((one) => digestOf(one)) },
  });
const saved = (...images: object[]): Entry => ['manifest.json', JSON.stringify(images)];
const one = (Layers: string[], RepoTags: string[] | null = ['app:v1']) =>
  saved({ Config: 'config.json', RepoTags, Layers });
const config: Entry = ['config.json', configOf(layer)];

const open = (file: string, name?: string) => openArchive(file, name, 'docker-archive:x');

async function layersOf(file: string, name?: string): Promise<Buffer[]> {
  const image = await open(file, name);
  const { bytes, mediaType } = await image.getManifest(image.root);
  const parsed = parseManifest(bytes, mediaType);
  if (parsed.kind !== 'image') throw new Error('no image');
  const layers: Buffer[] = [];
  for (const one of parsed.manifest.layers) layers.push(await buffer(await image.getBlob(one)));
  await image.close();
  return layers;
}

describe('openArchive', () => {
  it.each<[string, Entry[], Buffer]>([
    ['a plain layer', [config, ['1/layer.tar', layer], one(['1/layer.tar'])], layer],
    ['a compressed layer', [config, ['l.tar', packed], one(['l.tar'])], packed],
    [
      'a layer behind a link',
      [
        config,
        ['1/layer.tar', layer],
        [{ name: '2/layer.tar', type: 'symlink', linkname: '../1/layer.tar' }],
        one(['2/layer.tar']),
      ],
      layer,
    ],
    [
      'a layer behind a hard link',
      [
        config,
        ['1/layer.tar', layer],
        [{ name: 'l', type: 'link', linkname: '1/layer.tar' }],
        one(['l']),
      ],
      layer,
    ],
    ['no name', [config, ['l', layer], one(['l'], null)], layer],
    [
      'names with ./',
      [
        ['./config.json', configOf(layer)],
        ['./l', layer],
        ['./manifest.json', one(['l'])[1] as string],
      ],
      layer,
    ],
  ])('reads %s', async (_name, entries, expected) => {
    expect(await layersOf(await write(entries))).toEqual([expected]);
  });

  it('reads docker save | gzip, and leaves nothing behind', async () => {
    const file = await write([config, ['l', layer], one(['l'])]);
    const { readFile } = await import('node:fs/promises');
    await writeFile(file, gzipSync(await readFile(file)));
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('lazurite-archive-'));
    expect(await layersOf(file)).toEqual([layer]);
    const after = (await readdir(tmpdir())).filter((name) => name.startsWith('lazurite-archive-'));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });

  it('finds an image by any spelling of its name', async () => {
    const image = { Config: 'config.json', Layers: ['l'] };
    const other = { Config: 'other.json', RepoTags: ['app:v2'], Layers: ['m'] };
    const file = await write([
      ...([config, ['l', layer], ['m', packed], ['other.json', configOf(packed)]] as Entry[]),
      saved({ ...image, RepoTags: ['app:v1', 'app:latest'] }, other),
    ]);
    expect(await layersOf(file, 'docker.io/library/app:v1')).toEqual([layer]);
    expect(await layersOf(file, 'app:v2')).toEqual([packed]);
    await expect(open(file)).rejects.toMatchObject({
      why: 'there are: app:v1, app:latest, app:v2',
    });
    await expect(open(file, 'app:v3')).rejects.toThrow(/has no image app:v3/);
  });

  it('makes the same manifest each time', async () => {
    const file = await write([config, ['l', layer], one(['l'])]);
    const digests = [await open(file), await open(file)].map(({ root }) => root);
    expect(digests[0]).toBe(digests[1]);
  });

  it('notices a layer that is not the one of the config', async () => {
    const file = await write([config, ['l', 'another layer !!!!!'], one(['l'])]);
    await expect(layersOf(file)).rejects.toThrow(/bytes|other content/);
  });

  it.each<[string, Entry[] | string, RegExp]>([
    [
      'no archive at all',
      'just text, long enough to be read as a header? '.repeat(20),
      /no whole tar/,
    ],
    ['gzip of nothing', gzipSync('nothing').toString('latin1'), /no whole|has no file manifest/],
    ['an empty archive', [], /has no file manifest\.json/],
    ['a name that climbs out', [['../manifest.json', '[]']], /climbs out/],
    [
      'a link that climbs out',
      [[{ name: 'manifest.json', type: 'symlink', linkname: '../../etc/passwd' }]],
      /has no file manifest/,
    ],
    [
      'links in circles',
      [[{ name: 'manifest.json', type: 'symlink', linkname: 'manifest.json' }]],
      /has no file manifest/,
    ],
    ['a manifest.json that is no list', [['manifest.json', '{}']], /no list/],
    ['a manifest.json that is no JSON', [['manifest.json', '[']], /not JSON/],
    ['an entry that is no object', [['manifest.json', '[1]']], /not an object/],
    ['a missing config', [one(['l'])], /has no file config\.json/],
    ['a missing layer', [config, one(['l'])], /has no file l/],
    ['fewer layers than the config has', [config, one([])], /lists 1 layers, manifest\.json 0/],
    [
      'a damaged layout',
      [
        ['oci-layout', '{}'],
        ['index.json', '{}'],
      ],
      /not an OCI image layout/,
    ],
  ])('refuses %s', async (_name, entries, message) => {
    let file = path.join(directory, 'archive.tar');
    if (typeof entries === 'string') await writeFile(file, entries, 'latin1');
    else file = await write(entries);
    await expect(open(file)).rejects.toThrow(message);
  });

  it('refuses an archive that was cut off', async () => {
    const { readFile } = await import('node:fs/promises');
    const file = await write([config, ['l', Buffer.alloc(5000, 'x')], one(['l'])]);
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, 3000));
    await expect(open(file)).rejects.toThrow(/no whole tar|has no file/);
  });

  it('throws nothing but errors of its own, whatever the bytes', async () => {
    const file = path.join(directory, 'random.tar');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2048 }), async (bytes) => {
        await writeFile(file, bytes);
        const error: unknown = await open(file).catch((reason: unknown) => reason);
        expect(error instanceof DocumentError || error instanceof Failure).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
