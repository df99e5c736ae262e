import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installedAz, writeOwnAz } from './own-az.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "it's "));
});
afterEach(() => rmSync(home, { recursive: true }));

function folderWithAz(name: string, mode: number): string {
  const folder = join(home, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'az'), '#!/bin/sh\n', { mode });
  return folder;
}

it('writes an executable, again and again', () => {
  const folder = writeOwnAz(home);
  expect(writeOwnAz(home)).toBe(folder);
  expect(statSync(join(folder, 'az')).mode & 0o111).toBe(0o111);
});

it('finds an az of someone else, not its own', () => {
  const own = writeOwnAz(home);
  expect(installedAz(`${own}::/nowhere`, own)).toBeUndefined();
  const other = folderWithAz('other', 0o755);
  expect(installedAz(`${own}:${other}`, own)).toBe(join(other, 'az'));
});

it('takes no file for an az that cannot be run', () => {
  const own = writeOwnAz(home);
  const plain = folderWithAz('plain', 0o644);
  expect(existsSync(join(plain, 'az'))).toBe(true);
  expect(installedAz(plain, own)).toBeUndefined();
});
