import { execFile, spawn } from 'node:child_process';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram, foldersOf } from '../../src/base/programs.js';
import type { Daemon } from './registry-clients.js';

const CACHE = process.env['LAZURITE_CI_CACHE'] ?? join(homedir(), '.cache', 'lazurite-ci');
const DAEMON_START_MS = 60_000;

/** The program's path: from the cache that `.ci/go-tool` fills, else from PATH or a system folder. */
export function findTool(name: string): string | undefined {
  const folders = [join(CACHE, 'bin'), ...foldersOf(process.env['PATH'] ?? ''), '/usr/sbin'];
  return findProgram(name, folders);
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  input?: string;
}

/** Runs a program that must succeed. @returns what it printed; rejects with what it complained about. */
export function run(name: string, argv: readonly string[], options: RunOptions = {}) {
  const { env, input, cwd } = options;
  return new Promise<string>((resolve, reject) => {
    const child = execFile(
      findTool(name)!,
      argv,
      { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024, ...(cwd && { cwd }) },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${name} ${argv.join(' ')}: ${stderr}${stdout}`));
      },
    );
    child.stdin?.on('error', () => undefined); // it may end without having read
    child.stdin?.end(input ?? '');
  });
}

/** Starts a daemon and waits until `isReady` answers. Closing it waits for its end. */
export async function startDaemon(
  name: string,
  argv: readonly string[],
  options: { log: string; address: string; isReady: () => Promise<unknown> },
): Promise<Daemon> {
  const log = openSync(options.log, 'w');
  const child = spawn(findTool(name)!, argv, { stdio: ['ignore', log, log] });
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const complaint = (): Error => new Error(`${name}: ${readFileSync(options.log, 'utf8')}`);
  const deadline = Date.now() + DAEMON_START_MS;
  for (;;) {
    if (
      await options.isReady().then(
        () => true,
        () => false,
      )
    )
      break;
    if (child.exitCode !== null) throw complaint();
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw complaint();
    }
    await delay(100);
  }
  return {
    address: options.address,
    async close() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** The digests of the blobs of an OCI layout. */
export function digestsIn(layout: string): string[] {
  return readdirSync(join(layout, 'blobs', 'sha256')).map((hex) => `sha256:${hex}`);
}
