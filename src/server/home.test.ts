import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

  it('takes over from a process that ended and was never waited for', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60']);
    try {
      const pid = Number(await new Promise((done) => parent.stdout.once('data', done)));
      await vi.waitFor(() => {
        expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
      });
      writeOwner(JSON.stringify({ pid, started: '' }));
      new Home(directory).claim();
    } finally {
      parent.kill('SIGKILL');
    }
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

  it.each([
    ['when a file is in the way', () => join(directory, 'file', 'home')],
    ['where no folder can be made', () => '/proc/lazurite/home'],
  ])('says the same %s', (_name, home) => {
    writeFileSync(join(directory, 'file'), '');
    expect(() => {
      new Home(home()).claim();
    }).toThrow(expect.objectContaining({ help: expect.stringContaining('--home') }));
  });
});
