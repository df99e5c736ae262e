import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OciLayout } from '../../../image/layout/oci-layout.js';
import { digestOf } from '../../../oci/digest.js';
import { findCell } from '../../../runtime/embedded/cell.js';
import { readAttributes } from '../../../runtime/embedded/layers/extended-attributes.js';
import { LayerStore } from '../../../runtime/embedded/layers/layer-store.js';
import { UpperFolder } from '../../../runtime/embedded/layers/upper-folder.js';
import { FileTree, newDirectory, type FileNode } from './file-tree.js';
import { writeLayer, type LayerDraft } from './layer-writer.js';
import { writtenChanges, type WrittenChanges } from './written-changes.js';

/** `cap_net_bind_service=ep`, as the kernel keeps it. */
const CAPABILITY = '0100000200040000000000000000000000000000';

// What overlayfs writes can only be made by the superuser of Linux.
describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('writtenChanges', () => {
  let directory: string;
  let cell: string;
  let store: LayerStore;
  let upper: UpperFolder;
  beforeEach(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'lazurite-written-'));
    cell = findCell(directory)!;
    store = new LayerStore({ directory, format: 'trusted', cell });
    await store.open();
    upper = await UpperFolder.create(store, cell);
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const at = (name: string): string => path.join(upper.directory, name);
  /** Records of `cell nodes`, e.g. `w etc/gone`. */
  const make = (...records: string[]): void => {
    const input = records.map((record) => `${record}\0`).join('');
    execFileSync(cell, ['nodes'], { cwd: upper.directory, input });
  };
  const read = async (tree: FileTree): Promise<WrittenChanges> =>
    writtenChanges(tree, { directory: upper.directory, paths: await upper.list() });

  it('tells what was made, changed and removed, with the folders above it', async () => {
    const tree = treeOf(['a/b/old', 'a/b/gone', 'a/kept', 'etc/x'], ['a', 'a/b', 'etc']);
    mkdirSync(at('a/b'), { recursive: true, mode: 0o755 });
    writeFileSync(at('a/b/old'), 'new');
    symlinkSync('b', at('a/link'));
    make('w a/b/gone', 'p 416 0 0 a/pipe', 'c 420 1 3 null', 'b 384 7 300 disk');
    const { draft, saysMore } = await read(tree);
    expect(shown(draft)).toEqual([
      ...['directory 755 /a', 'directory 755 /a/b', 'file 644 /a/b/old', 'symlink 777 /a/link'],
      ...['fifo 640 /a/pipe', 'block-device 600 7:300 /disk', 'character-device 644 1:3 /null'],
      '- /a/b/gone',
    ]);
    expect(saysMore).toBe(false);
    expect(tree.lookup('/a/b/gone')).toBeUndefined();
    expect(tree.lookup('/a/kept')).toBeDefined();
    expect(tree.lookup('/null')).toMatchObject({ type: 'character-device' });
  });

  it('says nothing of folders that only stand there', async () => {
    const tree = treeOf(['a/b/old'], ['a', 'a/b']);
    mkdirSync(at('a/b'), { recursive: true, mode: 0o755 });
    expect(shown((await read(tree)).draft)).toEqual([]);
    chmodSync(at('a/b'), 0o700);
    expect(shown((await read(tree)).draft)).toEqual(['directory 755 /a', 'directory 700 /a/b']);
    expect(tree.lookup('/a/b/old')).toBeDefined();
  });

  it('removes name by name what a folder made anew hides, also further down', async () => {
    const tree = treeOf(['a/b/c/deep', 'a/b/old', 'a/file'], ['a', 'a/b', 'a/b/c']);
    mkdirSync(at('a/b/c'), { recursive: true, mode: 0o755 });
    writeFileSync(at('a/b/c/new'), 'new');
    make('t a');
    const { draft } = await read(tree);
    expect(shown(draft)).toEqual([
      ...['directory 755 /a', 'directory 755 /a/b', 'directory 755 /a/b/c', 'file 644 /a/b/c/new'],
      ...['- /a/b/c/deep', '- /a/b/old', '- /a/file'],
    ]);
    expect(tree.lookup('/a/b/c/deep')).toBeUndefined();
  });

  it('lets a folder become a file, and a file a folder', async () => {
    const tree = treeOf(['a/b', 'c'], ['a']);
    writeFileSync(at('a'), 'file');
    mkdirSync(at('c'), { mode: 0o755 });
    writeFileSync(at('c/d'), '');
    const { draft } = await read(tree);
    expect(shown(draft)).toEqual(['file 644 /a', 'directory 755 /c', 'file 644 /c/d']);
    expect(tree.lookup('/a')?.type).toBe('file');
    expect(tree.lookup('/c/d')?.type).toBe('file');
  });

  it('tells the other names of a file that was written to by one', async () => {
    const tree = treeOf(['a', 'b', 'c'], []);
    const first = tree.lookup('/a')!;
    for (const name of ['/b', '/c']) tree.set(name, first);
    writeFileSync(at('b'), 'changed');
    linkSync(at('b'), path.join(upper.directory, '..', 'work', 'index')); // as overlayfs does
    make('w c');
    const { draft, saysMore } = await read(tree);
    expect(shown(draft)).toEqual(['file 644 /a', 'file 644 /b', '- /c']);
    expect(draft.nodes.get('/a')).toBe(draft.nodes.get('/b'));
    expect(saysMore).toBe(true);
  });

  it('keeps the capabilities of a program, through the layer and back', async () => {
    writeFileSync(at('server'), 'program', { mode: 0o755 });
    make(`x ${CAPABILITY} server`);
    const { draft } = await read(new FileTree());
    const layout = await OciLayout.create(path.join(directory, 'layout'));
    const written = await writeLayer(draft, layout, { compression: 'gzip', epoch: undefined });
    const { layerPaths } = await store.unpack({
      manifestDigest: digestOf(''),
      config: {
        ...{ os: 'linux', architecture: 'amd64' },
        rootfs: { type: 'layers', diff_ids: [written.diffId] },
      },
      layers: [written.descriptor],
      openLayer: (layer) => Promise.resolve(layout.openBlob(layer)),
    });
    const [found] = await readAttributes(cell, layerPaths[0]!, ['server']);
    expect(found?.get('security.capability')).toBe(CAPABILITY);
  });

  it('refuses capabilities that no layer of ours could hold', async () => {
    writeFileSync(at('server'), 'program', { mode: 0o755 });
    make(`x ${CAPABILITY.replace('0004', '8000')} server`);
    await expect(read(new FileTree())).rejects.toThrow(/capabilities of \/server/);
  });

  it('is a layer that nothing unpacks again, without what was left out', async () => {
    writeFileSync(at('a'), 'a');
    writeFileSync(at('b'), 'b');
    make('w gone', 'w hosts');
    await upper.list();
    await upper.leaveOut(['/b', '/hosts', '/../outside']);
    const place = await upper.keepAs(digestOf('layer'));
    expect(lstatSync(path.join(place!, 'a')).isFile()).toBe(true);
    expect(lstatSync(path.join(place!, 'b'), { throwIfNoEntry: false })).toBeUndefined();
    expect(lstatSync(path.join(place!, 'gone')).isCharacterDevice()).toBe(true);
  });
});

function treeOf(files: readonly string[], folders: readonly string[]): FileTree {
  const tree = new FileTree();
  for (const folder of folders) tree.set(`/${folder}`, newDirectory());
  for (const file of files) {
    const content = { file: '/nowhere', offset: 0 };
    const node: FileNode = {
      ...{ type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, size: 1, content },
    };
    tree.set(`/${file}`, node);
  }
  return tree;
}

function shown({ nodes, removed }: LayerDraft): string[] {
  const made = [...nodes].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = made.map(([where, node]) => {
    const device = 'major' in node && node.type !== 'fifo' ? `${node.major}:${node.minor} ` : '';
    return `${node.type} ${node.mode.toString(8)} ${device}${where}`;
  });
  return [...lines, ...[...(removed ?? [])].sort().map((where) => `- ${where}`)];
}
