import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../base/failure.js';
import { Home } from './home.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lazurite-home-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function writeOwner(content: string): void {
  mkdirSync(join(directory, 'run'), { recursive: true });
  writeFileSync(join(directory, 'run', 'owner.json'), content);
}

describe('Home', () => {
  it('is owned by the process that claimed it, until it lets go', () => {
    const home = new Home(directory);
    expect(home.owner()).toBeUndefined();
    home.claim();
    expect(home.owner()?.pid).toBe(process.pid);
    home.release();
    expect(home.owner()).toBeUndefined();
  });

  it('refuses a second owner and says who the first is', () => {
    new Home(directory).claim();
    expect(() => {
      new Home(directory).claim();
    }).toThrow(expect.objectContaining({ why: expect.stringContaining(String(process.pid)) }));
  });

  it.each([
    ['of a process that ended', '{"pid":4194300,"started":""}'],
    [
      'of an earlier process with the same number',
      `{"pid":${process.pid},"started":"another-boot/1"}`,
    ],
    ['torn by a crash', '{"pid":12'],
    ['that is no object', '7'],
  ])('takes over an owner file %s', (_name, content) => {
    writeOwner(content);
    const home = new Home(directory);
    home.claim();
    expect(home.owner()?.pid).toBe(process.pid);
    expect(readdirSync(join(directory, 'run'))).toEqual(['owner.json']);
  });

  it('does not take over from a live process', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      writeOwner(JSON.stringify({ pid: child.pid, started: '' }));
      expect(() => {
        new Home(directory).claim();
      }).toThrow(Failure);
      expect(existsSync(join(directory, 'run', 'owner.json'))).toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it.skipIf(process.getuid?.() === 0)(
    'says how to name another folder when it may not write',
    () => {
      chmodSync(directory, 0o500);
      expect(() => {
        new Home(join(directory, 'home')).claim();
      }).toThrow(expect.objectContaining({ help: expect.stringContaining('--home') }));
    },
  );

  it('says the same when a file is in the way', () => {
    writeFileSync(join(directory, 'home'), '');
    expect(() => {
      new Home(join(directory, 'home')).claim();
    }).toThrow(expect.objectContaining({ help: expect.stringContaining('--home') }));
  });
});
