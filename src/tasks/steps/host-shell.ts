import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import tar from 'tar-stream';
import { digestOf } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { hostPlatform } from '../../oci/platform/host.js';
import type { FolderMount, ImageSource } from '../../runtime/runtime.js';
import { CommandLineError } from '../commands/words.js';
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
 *
 * @throws CommandLineError on a machine whose programs no container of Linux runs
 */
export async function runHostShell(
  scope: CommandScope,
  step: Step,
  [shell = 'sh', ...args]: readonly string[],
  started: () => void,
): Promise<void> {
  if (process.platform !== 'linux') {
    throw new CommandLineError(
      `${shell} without an image runs this machine's own, which has to be Linux; name an image, e.g. 'alpine ${shell} …'`,
    );
  }
  const runtime = requireRuntime(scope, step);
  const { source, mounts } = await shellRoot();
  await runContainer(scope, step, runtime, started, {
    rootfs: { image: await runtime.unpack(source, scope.signal) },
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

/** An image of links and mount points. `/bin` is a link to `usr/bin` on most machines. */
async function shellRoot(): Promise<{ source: ImageSource; mounts: FolderMount[] }> {
  const mounts: FolderMount[] = [];
  const layer = tar.pack();
  const folder = (name: string, mode: number): void => {
    layer.entry({ name: `${name}/`, type: 'directory', mode, mtime: NO_TIME });
  };
  const file = (name: string, content: string): void => {
    layer.entry({ name, mode: 0o644, mtime: NO_TIME }, content);
  };
  for (const name of ['root', 'var', 'etc', 'proc', 'dev', 'sys', 'acb']) folder(name, 0o755);
  for (const name of ['tmp', 'var/tmp']) folder(name, 0o1777);
  for (const name of FOLDERS) {
    const source = `/${name}`;
    if (!existsSync(source)) continue;
    if (lstatSync(source).isSymbolicLink()) {
      const linkname = readlinkSync(source);
      layer.entry({ name, type: 'symlink', linkname, mtime: NO_TIME });
      continue;
    }
    folder(name, 0o755);
    mounts.push({ source, target: source, readOnly: true });
  }
  file('etc/passwd', 'root:x:0:0:root:/acb/home:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n');
  file('etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  layer.finalize();
  return { source: imageOf(await buffer(layer)), mounts };
}

/** The same root is the same layer, which a runtime has then. */
const NO_TIME = new Date(0);

function imageOf(layer: Buffer): ImageSource {
  const digest = digestOf(layer);
  const { os, architecture } = hostPlatform();
  return {
    manifestDigest: digest,
    config: { os, architecture, rootfs: { type: 'layers', diff_ids: [digest] } },
    layers: [{ mediaType: MEDIA_TYPE.ociLayer, digest, size: layer.length }],
    openLayer: () => Promise.resolve(Readable.from([layer])),
  };
}
