import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.js';
import { createBuildahBuilder } from '../../src/build/buildah/buildah-builder.js';
import { createBuildxBuilder } from '../../src/build/buildx/buildx-builder.js';
import { createEmbeddedBuilder } from '../../src/build/embedded/embedded-builder.js';
import type { ImageBuilder } from '../../src/build/image-builder.js';
import { createRegistryClient } from '../../src/remote/client.js';
import { createEmbeddedRuntime } from '../../src/runtime/embedded/embedded-runtime.js';
import type { IsolationLevel } from '../../src/runtime/runtime.js';
import { findTool, run, startDaemon } from './registry-command.js';

/** A builder that is ready, in a folder of its own. */
export interface BuilderWorld {
  builder: ImageBuilder;
  close(): Promise<void>;
}

/** How each builder is set up, and the programs it needs. */
export interface BuilderKind {
  name: string;
  programs: readonly string[];
  open(directory: string): Promise<BuilderWorld>;
}

export const BUILDERS: readonly BuilderKind[] = [
  { name: 'embedded', programs: [], open: openEmbedded },
  // Where no overlay can be mounted a command's root is a copy, which is compared.
  ...(process.getuid?.() === 0
    ? [{ name: 'copying', programs: [], open: (own: string) => openEmbedded(own, 'chroot') }]
    : []),
  { name: 'buildah', programs: ['buildah'], open: openBuildah },
  { name: 'buildx', programs: ['docker-buildx', 'buildkitd', 'runc'], open: openBuildx },
];

/** The programs of a kind that are missing here; with LAZURITE_REQUIRE_CLIENTS=1 that is an error. */
export function missingPrograms({ programs }: BuilderKind): string[] {
  const missing = programs.filter((program) => findTool(program) === undefined);
  if (missing.length > 0 && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
    throw new Error(`LAZURITE_REQUIRE_CLIENTS=1, but there is no ${missing.join(', no ')}`);
  }
  return missing;
}

async function openEmbedded(directory: string, isolation?: IsolationLevel): Promise<BuilderWorld> {
  const runtime = await createEmbeddedRuntime({
    stateDirectory: join(directory, 'runtime'),
    network: 'none',
    ...(isolation && { isolation }),
  });
  const builder = createEmbeddedBuilder({
    stateDirectory: join(directory, 'state'),
    runtime: () => Promise.resolve(runtime),
    registryClient: createRegistryClient(),
    clock: systemClock,
  });
  return {
    builder,
    async close() {
      await builder.close();
      await runtime.close();
    },
  };
}

async function openBuildah(directory: string): Promise<BuilderWorld> {
  const storage = ['--root', join(directory, 'root'), '--runroot', join(directory, 'run')];
  const globalOptions = [...storage, '--storage-driver', 'vfs'];
  return {
    // Debian's crun 1.8 does not start containers under every arrangement of cgroups; chroot needs none.
    builder: createBuildahBuilder({ globalOptions, isolation: 'chroot' }),
    async close() {
      await run('buildah', [...globalOptions, 'rmi', '--all', '--force']);
    },
  };
}

async function openBuildx(directory: string): Promise<BuilderWorld> {
  const { instance, environment, close } = await startBuildKit(directory);
  const command = [findTool('docker-buildx')!];
  return { builder: createBuildxBuilder({ command, instance, environment }), close };
}

/** A BuildKit of our own, and a builder instance of buildx for it; no docker engine. */
export async function startBuildKit(directory: string): Promise<{
  instance: string;
  environment: NodeJS.ProcessEnv;
  close(): Promise<void>;
}> {
  const address = `unix://${join(directory, 'b.sock')}`;
  const root = ['--root', join(directory, 'root'), '--addr', address];
  const worker = ['--oci-worker-snapshotter', 'native', '--oci-worker-net', 'host'];
  const daemon = await startDaemon('buildkitd', [...root, ...worker], {
    log: join(directory, 'buildkitd.log'),
    address,
    isReady: () => run('buildctl', ['--addr', address, 'debug', 'workers']),
  });
  const environment = { ...process.env, BUILDX_CONFIG: join(directory, 'buildx') };
  const create = ['create', '--name', 'ours', '--driver', 'remote', address];
  await run('docker-buildx', create, { env: environment });
  return { instance: 'ours', environment, close: () => daemon.close() };
}

export const CORPUS = fileURLToPath(new URL('../build-corpus/', import.meta.url));
const APPLETS = [
  'sh',
  'mkdir',
  'echo',
  'ln',
  'chmod',
  'chown',
  'rm',
  'mv',
  'cp',
  'cat',
  'uname',
  'sleep',
  'true',
  'rmdir',
  'touch',
  'mkfifo',
  'mknod',
];

/** A context with a Dockerfile of the corpus, some files, and a root file system of busybox. */
export function makeContext(directory: string, name: string): string {
  const context = join(directory, `context-${name}`);
  cpSync(join(CORPUS, name), context, { recursive: true });
  addFiles(directory, context);
  return context;
}

/** The same with a Dockerfile of the caller. */
export function contextWith(directory: string, dockerfile: string): string {
  const context = mkdtempSync(join(directory, 'context-'));
  writeFileSync(join(context, 'Dockerfile'), dockerfile);
  addFiles(directory, context);
  return context;
}

function addFiles(directory: string, context: string): void {
  mkdirSync(join(context, 'files', 'sub'), { recursive: true });
  for (const [file, mode] of [
    ['a.txt', 0o644],
    ['b.txt', 0o600],
    ['sub/c.log', 0o755],
  ] as const) {
    writeFileSync(join(context, 'files', file), `${file}\n`);
    chmodSync(join(context, 'files', file), mode);
  }
  symlinkSync('a.txt', join(context, 'files', 'link'));
  makeRootfs(directory, join(context, 'rootfs.tar'));
}

function makeRootfs(directory: string, archive: string): void {
  const root = join(directory, 'rootfs');
  mkdirSync(join(root, 'bin'), { recursive: true });
  for (const folder of ['etc', 'home/web', 'usr/lib', 'tmp', 'srv']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  copyFileSync(findTool('busybox')!, join(root, 'bin', 'busybox'));
  for (const applet of APPLETS) {
    execFileSync('ln', ['-sf', 'busybox', join(root, 'bin', applet)]);
  }
  execFileSync('ln', ['-sfn', 'usr/lib', join(root, 'lib')]);
  chmodSync(join(root, 'tmp'), 0o1777);
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0::/root:/bin/sh\nweb:x:33:44::/home/web:/bin/sh\n',
  );
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nweb:x:44:\n');
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name', '--mtime=@1000000'];
  execFileSync('tar', ['-C', root, ...owner, '-cf', archive, '.']);
}
