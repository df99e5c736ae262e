import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { removeTree } from '../../src/runtime/embedded/remove-tree.js';

const NOBODY = 65534;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const AS_NOBODY = ['--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups', '--'];
const isRoot = process.geteuid?.() === 0;

/** A checkout below /root, for one, is closed to other users. */
const readable =
  isRoot &&
  spawnSync('setpriv', [...AS_NOBODY, 'test', '-r', join(ROOT, 'package.json')]).status === 0;

describe.skipIf(!readable)('the container runtime as an ordinary user', () => {
  it('passes the same tests', { timeout: 300_000 }, async () => {
    const home = await mkdtemp(join(tmpdir(), 'lazurite-nobody-'));
    chownSync(home, NOBODY, NOBODY);
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const run = spawnSync(
      'setpriv',
      [
        ...[
          ...AS_NOBODY,
          process.execPath,
          vitest,
          'run',
          '--no-cache',
          '--configLoader',
          'runner',
        ],
        ...['--config', 'vitest.e2e.config.ts', '--reporter', 'dot'],
        ...['test/e2e/runtime.test.ts', 'test/e2e/runtime-lifeline.test.ts'],
      ],
      {
        cwd: ROOT,
        env: { PATH: process.env.PATH, NO_COLOR: '1', HOME: home, TMPDIR: home },
        encoding: 'utf8',
      },
    );
    await removeTree(home);
    expect(run.stdout + run.stderr).toMatch(/Test Files {2}2 passed/);
    expect(run.status).toBe(0);
  });
});
