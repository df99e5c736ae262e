import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OciLayout } from '../../image/layout/oci-layout.js';
import { FileTree, walkTree, type TreeNode } from './tree/file-tree.js';
import { writeLayer, type LayerDraft, type WrittenLayer } from './tree/layer-writer.js';
import { headOf } from './tree/read-content.js';
import { UnpackedLayers } from './unpacked-layers.js';

let directory: string;
let layout: OciLayout;
let layer: WrittenLayer;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'lzl-'));
  layout = await OciLayout.create(path.join(directory, 'image'));
  await mkdir(path.join(directory, 'spool'));
  layer = await writeLayer(await draft(), layout, { compression: 'gzip', epoch: undefined });
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function draft(): Promise<LayerDraft> {
  const file = path.join(directory, 'source');
  await writeFile(file, 'hello');
  const owner = { uid: 3, gid: 4, mtime: 5 };
  const xattrs = new Map([['security.capability', 'x']]);
  const hello = {
    type: 'file',
    ...owner,
    mode: 0o4755,
    size: 5,
    xattrs,
    content: { file, offset: 0 },
  } as const;
  return {
    nodes: new Map<string, TreeNode>([
      ['/a', hello],
      ['/b', hello],
      ['/link', { type: 'symlink', ...owner, mode: 0o777, target: 'a' }],
      ['/pipe', { type: 'fifo', ...owner, mode: 0o600, major: 0, minor: 0 }],
    ]),
    removed: new Set(['/gone']),
  };
}

const cache = () => path.join(directory, 'cache');

/** What the layer makes of a tree with one file, which it removes. */
async function applied(): Promise<unknown[]> {
  const tree = new FileTree();
  tree.set('/gone', { type: 'symlink', mode: 0o777, uid: 0, gid: 0, mtime: 0, target: 'x' });
  const place = { layout, spoolDirectory: path.join(directory, 'spool') };
  await new UnpackedLayers(cache()).apply(tree, layer, place);
  const found: unknown[] = [];
  for (const [where, node] of walkTree(tree.root)) {
    const { mode, uid, gid, mtime, type } = node;
    const text = node.type === 'file' ? (await headOf(node, 10)).toString() : '';
    const xattrs = [...(node.xattrs ?? [])];
    const twin = tree.lookup('/a') === node ? 'a' : '';
    found.push([where, type, mode, uid, gid, mtime, text, xattrs, twin]);
  }
  return found;
}

describe('layers that were unpacked before', () => {
  it('are the same again, without a look at the blob', async () => {
    const first = await applied();
    expect(first).toHaveLength(4);
    expect(first[0]).toEqual([
      'a',
      'file',
      0o4755,
      3,
      4,
      5,
      'hello',
      [['security.capability', 'x']],
      'a',
    ]);
    expect(first[1]).toEqual(['b', ...(first[0] as unknown[]).slice(1)]);
    await rm(layout.blobPath(layer.descriptor.digest));
    expect(await applied()).toEqual(first);
  });

  it.each([
    ['a record that is cut', 'json', (text: string) => text.slice(0, 20)],
    [
      'a record of another version',
      'json',
      (text: string) => text.replace('"version":1', '"version":0'),
    ],
    ['contents that are cut', 'data', () => ''],
  ])('are read again after %s', async (_what, extension, damage) => {
    const first = await applied();
    const name = (await readdir(cache())).find((file) => file.endsWith(extension))!;
    const file = path.join(cache(), name);
    const text = await readFile(file, 'utf8');
    await rm(file);
    await writeFile(file, damage(text));
    expect(await applied()).toEqual(first);
  });

  it('must be what their diff id says', async () => {
    layer = { ...layer, diffId: `sha256:${'0'.repeat(64)}` as WrittenLayer['diffId'] };
    await expect(applied()).rejects.toThrow(/its config says sha256:000/);
    expect(await readdir(directory)).not.toContain('cache');
  });
});
