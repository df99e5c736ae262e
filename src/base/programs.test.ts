import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findProgram, foldersOf, isExecutable, writeShim } from './programs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "it's a "));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('takes neither a plain file, nor a folder, nor nothing for a program', () => {
  writeFileSync(join(folder, 'plain'), '', { mode: 0o644 });
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'program'), '', { mode: 0o755 });
  const names = ['plain', 'folder', 'nothing', 'program'];
  expect(names.filter((name) => isExecutable(join(folder, name)))).toEqual(['program']);
});

it('finds a program in the first folder that has it', () => {
  writeFileSync(join(folder, 'tool'), '', { mode: 0o755 });
  expect(findProgram('tool', ['/nowhere', folder])).toBe(join(folder, 'tool'));
  expect(findProgram('tool', ['/nowhere'])).toBeUndefined();
});

it('has no folder for an empty entry of PATH', () => {
  expect(foldersOf(':/bin::/usr/bin')).toEqual(['/bin', '/usr/bin']);
});

it('writes a shim that passes its arguments on, over one that is there', () => {
  const shim = join(folder, 'shim');
  writeShim(shim, ['false']);
  writeShim(shim, ['printf', '%s|', "a 'quoted' word"]);
  expect(execFileSync(shim, ['b c', '$d']).toString()).toBe("a 'quoted' word|b c|$d|");
  expect(statSync(shim).mode & 0o111).toBe(0o111);
});
