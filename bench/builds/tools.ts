import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../peers.js';

/** A program that builds images, with a state of its own. */
export interface BuildTool {
  name: string;
  programs: readonly string[];
  /** Prepares an empty state; the clock does not run yet. */
  open(directory: string): Promise<OpenTool>;
}

export interface OpenTool {
  argv(context: string): string[];
  environment: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

const ENTRY = fileURLToPath(new URL('../../bin/lazurite.cjs', import.meta.url));
const nothing = (): Promise<void> => Promise.resolve();

export const TOOLS: readonly BuildTool[] = [
  {
    name: 'lazurite build',
    programs: ['node'],
    open: (directory) =>
      Promise.resolve({
        argv: (context) => [process.execPath, ENTRY, 'build', '--home', directory, context],
        environment: {},
        close: nothing,
      }),
  },
  {
    name: 'buildah build',
    programs: ['buildah'],
    open(directory) {
      const storage = ['--root', join(directory, 'root'), '--runroot', join(directory, 'run')];
      return Promise.resolve({
        // Debian's crun does not start containers under every arrangement of cgroups; chroot needs none.
        argv: (context) => [
          ...['buildah', ...storage, 'build', '--isolation', 'chroot', '--layers'],
          ...['-t', 'bench', context],
        ],
        environment: {},
        close: nothing,
      });
    },
  },
  { name: 'docker build', programs: ['dockerd', 'docker', 'docker-buildx'], open: openDocker },
];

const START_MS = 30_000;

/** An engine of our own; the clients come with buildx, as docker's packages do. */
async function openDocker(directory: string): Promise<OpenTool> {
  const host = `unix://${join(directory, 'd.sock')}`;
  const config = join(directory, 'config');
  mkdirSync(join(config, 'cli-plugins'), { recursive: true });
  symlinkSync(findProgram('docker-buildx') ?? '', join(config, 'cli-plugins', 'docker-buildx'));
  const environment = { DOCKER_CONFIG: config, DOCKER_HOST: host };
  const log = openSync(join(directory, 'dockerd.log'), 'w');
  const folders = ['data-root', 'exec-root'].flatMap((name) => [
    `--${name}`,
    join(directory, name),
  ]);
  const plain = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--host', host];
  const pidFile = ['--pidfile', join(directory, 'dockerd.pid')];
  const daemon = spawn(findProgram('dockerd') ?? '', [...folders, ...plain, ...pidFile], {
    stdio: ['ignore', log, log],
  });
  await untilReady(daemon, environment);
  return {
    // The engine has no bridge for the commands; they reach nothing anyway.
    argv: (context) => ['docker', 'build', '--network', 'host', '--quiet', '-t', 'bench', context],
    environment,
    async close() {
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await ended;
    },
  };
}

async function untilReady(daemon: ChildProcess, environment: NodeJS.ProcessEnv): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      execFileSync('docker', ['version'], {
        env: { ...process.env, ...environment },
        stdio: 'ignore',
      });
      return;
    } catch {
      if (daemon.exitCode !== null || Date.now() > deadline)
        throw new Error('dockerd did not start');
      await delay(100);
    }
  }
}
