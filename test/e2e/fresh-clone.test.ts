import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The README's first command, as a stranger runs it: a fresh clone, and a PATH with nothing but Node, npm,
// util-linux, a shell and the core utilities. No docker, az, crun, runc, ip or curl.
const TOOLS = [
  'sh',
  'bash',
  'env',
  'node',
  'npm',
  'npx',
  'unshare',
  'nsenter',
  'setpriv',
  'mount',
  'umount',
];
const CORE_UTILITIES =
  'cat chmod chown cp cut date dirname echo expr false head id ln ls mkdir mktemp mv printf pwd readlink rm rmdir sed grep seq sleep sort tail tee test touch tr true uname wc'.split(
    ' ',
  );
const NOBODY = 65_534;
const LIMIT_MS = 10 * 60_000;
const repository = fileURLToPath(new URL('../..', import.meta.url));
const isRoot = process.getuid?.() === 0;
/** Only root can become somebody else. */
const USERS: [string, number][] = isRoot
  ? [
      ['root', 0],
      ['an ordinary user', NOBODY],
    ]
  : [['this user', process.getuid?.() ?? 0]];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'lazurite-fresh-'));
  chmodSync(directory, 0o755);
  mkdirSync(join(directory, 'bin'));
  for (const tool of [...TOOLS, ...CORE_UTILITIES]) {
    const found = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
    if (found.startsWith('/')) symlinkSync(found, join(directory, 'bin', tool));
  }
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Clones the checkout's last commit for a user, and runs a shell command in the clone. */
function runInClone(name: string, uid: number, command: string) {
  const home = join(directory, name);
  const clone = join(home, 'lazurite');
  mkdirSync(home);
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', repository, clone]);
  if (isRoot) {
    chownSync(home, uid, uid);
    execFileSync('chown', ['-R', `${uid}:${uid}`, clone]);
  }
  return spawnSync('/bin/sh', ['-c', command], {
    cwd: clone,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    ...(isRoot && { uid, gid: uid }),
    env: { HOME: home, PATH: join(directory, 'bin'), ...npmSettings() },
  });
}

/** Where packages come from is the machine's business, not part of what is tried. */
function npmSettings(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined &&
        /^(npm_config_registry|npm_config_cafile|node_extra_ca_certs|https?_proxy|no_proxy)$/i.test(
          entry[0],
        ),
    ),
  );
}

describe.skipIf(process.platform !== 'linux')('a fresh clone', () => {
  it.each(USERS)('runs the lab for %s', { timeout: LIMIT_MS }, (name, uid) => {
    const command = 'npm ci && npx lazurite lab run acr-pull-failure';
    const result = runInClone(name.replaceAll(' ', '-'), uid, command);
    expect(`${result.stdout}\n${result.stderr}`).toContain('SUPPORTED');
    expect(result.status).toBe(0);
  });
});
