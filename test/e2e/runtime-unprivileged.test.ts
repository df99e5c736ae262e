import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { removeTree } from '../../src/storage/remove-tree.js';

const NOBODY = 65534;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const AS_NOBODY = ['--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups', '--'];
const isRoot = process.geteuid?.() === 0;

/** A checkout below /root, for one, is closed to other users. */
const readable =
  isRoot &&
  spawnSync('setpriv', [...AS_NOBODY, 'test', '-r', join(ROOT, 'package.json')]).status === 0;

/** Root as a container engine leaves it by default: no right to make namespaces or mounts. */
const CONTAINED = [
  '--bounding-set',
  '-all,+chown,+dac_override,+fsetid,+fowner,+mknod,+net_raw,+setgid,+setuid,+setfcap,+setpcap,' +
    '+net_bind_service,+sys_chroot,+kill,+audit_write',
  '--',
];

/** Root of a hardened container (docker run --cap-drop ALL). */
const POWERLESS = ['--bounding-set', '-all', '--'];

async function runSuites(who: string[], uid: number): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'lazurite-nobody-'));
  chownSync(home, uid, uid);
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const run = spawnSync(
    'setpriv',
    [
      ...[...who, process.execPath, vitest, 'run', '--no-cache', '--configLoader', 'runner'],
      ...['--config', 'vitest.e2e.config.ts', '--reporter', 'dot'],
      ...['test/e2e/runtime.test.ts', 'test/e2e/runtime-lifeline.test.ts'],
      ...['test/e2e/runtime-protection.test.ts'],
    ],
    {
      cwd: ROOT,
      env: { PATH: process.env.PATH, NO_COLOR: '1', HOME: home, TMPDIR: home },
      encoding: 'utf8',
    },
  );
  await removeTree(home);
  expect(run.stdout + run.stderr).toMatch(/Test Files {2}3 passed/);
  expect(run.status).toBe(0);
}

describe('the container runtime passes the same tests', { timeout: 300_000 }, () => {
  it.skipIf(!readable)('as an ordinary user', () => runSuites(AS_NOBODY, NOBODY));
  it.skipIf(!isRoot)('as the root of a default container', () => runSuites(CONTAINED, 0));
  it.skipIf(!isRoot)('as root without a capability', () => runSuites(POWERLESS, 0));
});
