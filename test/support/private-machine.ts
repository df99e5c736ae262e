import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandResult } from './stock-az.js';

/**
 * The machine as the programs of one test see it: a network with its own loopback and ports, and an `/etc`
 * of their own, as it was but for the hosts file and docker's settings; everything else is shared. Needs
 * root and util-linux.
 */
export interface PrivateMachine {
  /** e.g. `'/tmp/x/etc/hosts'`: what is `/etc/hosts` inside. */
  hostsFile: string;
  run(argv: readonly string[], env?: NodeJS.ProcessEnv): Promise<CommandResult>;
  start(argv: readonly string[], env?: NodeJS.ProcessEnv): ChildProcess;
  close(): Promise<void>;
}

const SET_UP = `
ip link set lo up && mount --bind "$1" /etc && echo ready && exec cat`;

export const HOSTS = '127.0.0.1\tlocalhost\n';

export async function openPrivateMachine(directory: string): Promise<PrivateMachine> {
  const etc = join(directory, 'etc');
  cpSync('/etc', etc, { recursive: true, verbatimSymlinks: true });
  rmSync(join(etc, 'docker'), { recursive: true, force: true });
  const hostsFile = join(etc, 'hosts');
  writeFileSync(hostsFile, HOSTS);
  // It lives as long as its standard input stays open.
  const holder = spawn('unshare', ['--mount', '--net', 'sh', '-c', SET_UP, 'sh', etc], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((done) => holder.once('exit', () => done()));
  await new Promise<void>((done, fail) => {
    holder.stdout.once('data', () => done());
    void ended.then(() => fail(new Error('no namespaces of one’s own can be had here')));
  });
  const enter = ['--target', String(holder.pid), '--mount', '--net', '--'];
  return {
    hostsFile,
    run: (argv, env = process.env) =>
      new Promise((done) => {
        const options = { env, maxBuffer: 64 * 1024 * 1024 };
        execFile('nsenter', [...enter, ...argv], options, (error, stdout, stderr) => {
          const code = error?.code;
          done({
            exitCode: error === null ? 0 : typeof code === 'number' ? code : 1,
            stdout,
            stderr,
          });
        });
      }),
    start: (argv, env = process.env) =>
      spawn('nsenter', [...enter, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    async close() {
      holder.stdin.end();
      await ended;
    },
  };
}
