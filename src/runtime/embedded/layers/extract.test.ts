import * as fs from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { UnsafeEntryError } from '../../../oci/layer/entry-path.js';
import { scratchDirectory, tar, type Entry } from '../testing/scratch.js';
import { LayerExtractor, type LayerNotes } from './extract.js';

/** Unpacks into `inside/` of a scratch folder, beside a file that no layer may reach. */
async function unpack(entries: readonly Entry[]): Promise<{ root: string; notes: LayerNotes }> {
  const scratch = scratchDirectory();
  const root = join(scratch, 'inside');
  fs.mkdirSync(root);
  fs.mkdirSync(join(scratch, 'outside'));
  fs.writeFileSync(join(scratch, 'outside', 'secret'), 'untouched');
  const extractor = new LayerExtractor(root, process.geteuid?.() === 0);
  const stream = extract();
  const reading = (async () => {
    for await (const entry of stream) await extractor.add(entry.header, entry);
  })();
  try {
    await Promise.all([reading, pipeline(Readable.from([await tar(entries)]), stream)]);
    extractor.finish();
  } finally {
    await reading.catch(() => undefined);
    expect(fs.readdirSync(scratch).sort()).toEqual(['inside', 'outside']);
    expect(fs.readdirSync(join(scratch, 'outside'))).toEqual(['secret']);
    expect(fs.readFileSync(join(scratch, 'outside', 'secret'), 'utf8')).toBe('untouched');
    expect(fs.statSync(join(scratch, 'outside', 'secret')).mode & 0o777).toBe(0o644);
  }
  return { root, notes: extractor.notes };
}

const link = (name: string, linkname: string): Entry => ({ name, type: 'symlink', linkname });
const hard = (name: string, linkname: string): Entry => ({ name, type: 'link', linkname });
const folder = (name: string): Entry => ({ name, type: 'directory' });
const file = (name: string, content = 'evil'): Entry => ({ name, content });

describe('a hostile layer', () => {
  it.each<[string, Entry[]]>([
    ['climbs with ..', [file('../outside/secret')]],
    ['climbs with .. from below', [folder('a/'), file('a/../../outside/secret')]],
    ['makes a directory outside', [folder('../outside/made/')]],
    ['links hard to outside', [hard('stolen', '../outside/secret'), file('stolen')]],
    ['links hard through a link', [link('out', '../outside'), hard('stolen', 'out/secret')]],
    ['links hard to what is not there', [hard('a', 'nowhere')]],
    ['links hard to a directory', [folder('d/'), hard('a', 'd')]],
    ['links hard to nothing', [hard('a', '/')]],
    ['uses a file as a directory', [file('a'), file('a/b')]],
    ['loops its links', [link('a', 'b'), link('b', 'a'), file('a/x')]],
    ['removes outside', [file('../outside/.wh.secret')]],
  ])('that %s is refused', async (_what, entries) => {
    await expect(unpack(entries)).rejects.toThrow(UnsafeEntryError);
  });

  it.each<[string, Entry[], string]>([
    ['an absolute name', [file('/outside/secret')], 'outside/secret'],
    ['a relative link', [link('out', '../outside'), file('out/secret')], 'outside/secret'],
    ['an absolute link', [link('out', '/outside'), file('out/secret')], 'outside/secret'],
    [
      'a link by way of links',
      [folder('d/'), link('d/up', '..'), link('d/out', 'up/../../outside'), file('d/out/secret')],
      'outside/secret',
    ],
    [
      'a link that a directory entry names',
      [link('out', '/outside'), folder('out/sub/')],
      'outside/sub',
    ],
  ])('that writes through %s stays inside', async (_what, entries, written) => {
    const { root } = await unpack(entries);
    expect(fs.existsSync(join(root, written))).toBe(true);
  });

  it('that writes to a link replaces the link', async () => {
    const { root } = await unpack([link('x', '../outside/secret'), file('x', 'mine')]);
    expect(fs.lstatSync(join(root, 'x')).isFile()).toBe(true);
    expect(fs.readFileSync(join(root, 'x'), 'utf8')).toBe('mine');
  });

  it('that replaces a known directory by a link does not write through it', async () => {
    const { root } = await unpack([
      folder('d/'),
      file('d/first'),
      link('d', '../outside'),
      file('d/secret', 'mine'),
    ]);
    expect(fs.readFileSync(join(root, 'outside/secret'), 'utf8')).toBe('mine');
  });

  it('that brings devices gets none', async () => {
    const { root, notes } = await unpack([
      { name: 'disk', type: 'block-device', devmajor: 8, devminor: 0 },
      { name: 'null', type: 'character-device', devmajor: 1, devminor: 3 },
    ]);
    expect(fs.readdirSync(root)).toEqual([]);
    expect(notes.skippedDevices).toBe(2);
  });
});

describe('an honest layer', () => {
  it('keeps modes, times, links and content', async () => {
    const mtime = new Date('2024-01-02T03:04:05Z');
    const { root } = await unpack([
      { name: 'bin/', type: 'directory', mode: 0o755, mtime },
      { name: 'bin/tool', mode: 0o4755, mtime, content: 'tool' },
      { ...hard('bin/same', 'bin/tool') },
      { ...link('sh', 'bin/tool'), mtime },
      { name: 'locked/', type: 'directory', mode: 0o555, mtime },
      { name: 'locked/file', mode: 0o640, mtime, content: 'x' },
    ]);
    const tool = fs.statSync(join(root, 'bin/tool'));
    expect(tool.mode & 0o7777).toBe(0o4755);
    expect(tool.mtime).toEqual(mtime);
    expect(fs.statSync(join(root, 'bin/same')).ino).toBe(tool.ino);
    expect(fs.readlinkSync(join(root, 'sh'))).toBe('bin/tool');
    expect(fs.lstatSync(join(root, 'sh')).mtime).toEqual(mtime);
    expect(fs.statSync(join(root, 'locked')).mtime).toEqual(mtime);
    expect(fs.statSync(join(root, 'locked')).mode & 0o577).toBe(0o555);
    expect(fs.statSync(join(root, 'locked/file')).mode & 0o777).toBe(0o640);
  });

  it('notes what it removes, hides and implies', async () => {
    const { root, notes } = await unpack([
      file('a/b/file'),
      folder('a/'),
      file('a/.wh.gone'),
      file('dir/.wh..wh..opq'),
      file('.wh..wh.plnk'),
      { name: 'pipe', type: 'fifo', mode: 0o600 },
    ]);
    expect(notes).toEqual({
      whiteouts: ['a/gone'],
      opaques: ['dir'],
      implicit: ['a/b', 'dir'],
      pipes: [{ path: 'pipe', mode: 0o600 }],
      capabilities: [],
      skippedDevices: 0,
    });
    expect(fs.readdirSync(root).sort()).toEqual(['a', 'dir']);
  });

  it('merges a directory that comes twice, and replaces anything else', async () => {
    const { root } = await unpack([
      folder('d/'),
      file('d/kept'),
      folder('d/'),
      file('x/below'),
      file('x', 'a file now'),
      file('x', 'and another'),
    ]);
    expect(fs.readdirSync(join(root, 'd'))).toEqual(['kept']);
    expect(fs.readFileSync(join(root, 'x'), 'utf8')).toBe('and another');
  });
});
