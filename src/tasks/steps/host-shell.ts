import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { FolderMount } from '../../runtime/runtime.js';
import type { Step } from '../yaml/task.js';
import type { CommandScope } from './command-scope.js';
import { requireRuntime, runContainer } from './container-step.js';

/** Shells that need no image. */
export const SHELLS = new Set(['bash', 'sh']);

/** What a shell and the programs it calls are made of; nothing of it can be changed or is private. */
const FOLDERS = [
  'usr',
  'bin',
  'sbin',
  'lib',
  'lib32',
  'lib64',
  'libx32',
  'etc/ssl',
  'etc/alternatives',
];
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs a shell of this machine in a sandbox: its programs are there, read-only, and the workspace; nothing
 * else of this machine is. Arguments mean what they mean to the `bash` image: options for the shell, else
 * a program, else a script.
 */
export async function runHostShell(
  scope: CommandScope,
  step: Step,
  [shell = 'sh', ...args]: readonly string[],
  started: () => void,
): Promise<void> {
  const runtime = requireRuntime(scope, step);
  const { directory, mounts } = await makeRoot(path.join(scope.run.scratch, 'roots'));
  await runContainer(scope, step, runtime, started, {
    rootfs: { directory },
    argv: step.entryPoint === undefined ? shellArguments(shell, args) : [step.entryPoint, ...args],
    env: [`PATH=${PATH}`],
    workingDir: scope.workingDirectory,
    user: step.user ?? '',
    mounts,
  });
}

function shellArguments(shell: string, args: readonly string[]): string[] {
  const [first] = args;
  if (first === undefined || first.startsWith('-') || first.startsWith('+'))
    return [shell, ...args];
  const choose = 'if command -v "$1" >/dev/null 2>&1; then exec "$@"; else exec "$0" "$@"; fi';
  return [shell, '-c', choose, shell, ...args];
}

/** A root of links and mount points. `/bin` is a link to `usr/bin` on most machines. */
async function makeRoot(parent: string): Promise<{ directory: string; mounts: FolderMount[] }> {
  const directory = path.join(parent, randomUUID());
  const mounts: FolderMount[] = [];
  for (const name of ['tmp', 'root', 'var/tmp', 'etc', 'proc', 'dev', 'sys']) {
    await mkdir(path.join(directory, name), { recursive: true });
  }
  for (const name of FOLDERS) {
    const source = `/${name}`;
    if (!existsSync(source)) continue;
    if (lstatSync(source).isSymbolicLink()) {
      await symlink(readlinkSync(source), path.join(directory, name));
      continue;
    }
    await mkdir(path.join(directory, name), { recursive: true });
    mounts.push({ source, target: source, readOnly: true });
  }
  await writeFile(
    path.join(directory, 'etc/passwd'),
    'root:x:0:0:root:/acb/home:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n',
  );
  await writeFile(path.join(directory, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  return { directory, mounts };
}
