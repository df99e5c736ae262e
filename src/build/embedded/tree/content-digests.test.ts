import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContentDigests } from './content-digests.js';
import { fileIdentity, type FileNode } from './file-tree.js';

const later = (): Date => new Date(Date.now() + 3_600_000);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lzd-'));
  file = join(directory, 'file');
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function listed(): FileNode {
  const stats = lstatSync(file);
  const attributes = { mode: 0o644, uid: 0, gid: 0, mtime: 0, size: stats.size };
  const content = { file, offset: 0 };
  return { type: 'file', ...attributes, content, identity: fileIdentity(stats) };
}

const open = (now = later) => new ContentDigests(join(directory, 'known.json'), now);

describe('digests of file contents', () => {
  it('are known in the next process, without a look at the file', async () => {
    writeFileSync(file, 'one');
    const node = listed();
    const first = open();
    expect(await first.of(node)).toBe(sha256('one'));
    await first.save();
    rmSync(file);
    expect(await open().of(node)).toBe(sha256('one'));
  });

  it('are read anew when the file is another one', async () => {
    writeFileSync(file, 'one');
    const digests = open();
    await digests.of(listed());
    writeFileSync(file, 'two');
    expect(await digests.of(listed())).toBe(sha256('two'));
  });

  it.each([
    ['not of a file that was written to just now', 50, /ENOENT/],
    ['of one that was written to a moment ago', 150, undefined],
  ])('are remembered %s', async (_when, age, refusal) => {
    writeFileSync(file, 'one');
    utimesSync(file, 1.5, 1.5);
    const node = listed();
    const now = new Date(Math.ceil(lstatSync(file).ctimeMs) + age);
    const digests = open(() => now);
    await digests.of(node);
    rmSync(file);
    if (refusal) await expect(digests.of(node)).rejects.toThrow(refusal);
    else expect(await digests.of(node)).toBe(sha256('one'));
  });

  it.each([127, 128, 129, 3000])('are of every byte of a file of %i KiB', async (kibibytes) => {
    const text = 'x'.repeat(kibibytes * 1024 + 1);
    writeFileSync(file, text);
    expect(await open().of(listed())).toBe(sha256(text));
  });
});
