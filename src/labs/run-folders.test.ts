import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clearKilledRuns, makeRunFolder } from './run-folders.js';

/** One more than the highest number that Linux gives a process. */
const ENDED = JSON.stringify({ pid: 2 ** 22 + 1, started: '' });
const ALIVE = JSON.stringify({ pid: process.pid, started: '' });

let temporary: string;
beforeEach(() => {
  temporary = realpathSync(mkdtempSync(join(tmpdir(), 'run-folders-test-')));
  vi.stubEnv('TMPDIR', temporary);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true, force: true });
});

/** A folder as a run leaves it; `lazurite` is what the Lazurite in it wrote of itself. */
function folder(name: string, files: { runner?: string; lazurite?: string }): string {
  const path = join(temporary, name);
  mkdirSync(join(path, 'run'), { recursive: true });
  if (files.runner !== undefined) writeFileSync(join(path, 'lab-runner.json'), files.runner);
  if (files.lazurite !== undefined) writeFileSync(join(path, 'run', 'owner.json'), files.lazurite);
  return path;
}

describe('clearKilledRuns', () => {
  it.each<[string, string, { runner?: string; lazurite?: string }, boolean]>([
    ['a home whose runner and Lazurite ended', 'lazurite-lab-a', { runner: ENDED }, true],
    [
      'one whose Lazurite was killed too',
      'lazurite-lab-a',
      { runner: ENDED, lazurite: ENDED },
      true,
    ],
    ['programs of a run that was killed', 'lazurite-az-a', { runner: ENDED }, true],
    ['a run that goes on', 'lazurite-lab-a', { runner: ALIVE, lazurite: ALIVE }, false],
    [
      'one whose Lazurite is just ending',
      'lazurite-lab-a',
      { runner: ENDED, lazurite: ALIVE },
      false,
    ],
    ['one that was kept, or is just made', 'lazurite-lab-a', { lazurite: ENDED }, false],
    ['one whose file was torn', 'lazurite-lab-a', { runner: '{"pid":' }, false],
    ["someone else's", 'other-lab-a', { runner: ENDED }, false],
  ])('%s', (_what, name, files, gone) => {
    const path = folder(name, files);
    expect(clearKilledRuns()).toEqual(gone ? [path] : []);
    expect(existsSync(path)).toBe(!gone);
  });
});

describe('makeRunFolder', () => {
  it('makes a folder that stays while this process lives, and goes when it is told', () => {
    const made = makeRunFolder('home');
    expect(clearKilledRuns()).toEqual([]);
    expect(readdirSync(temporary)).toHaveLength(1);
    made.remove();
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("leaves nothing that names the process in one that is the user's", () => {
    const made = makeRunFolder('home');
    made.keep();
    expect(readdirSync(made.path)).toEqual([]);
  });
});
