import { once } from 'node:events';
import { join } from 'node:path';
import type { PrivateMachine } from '../support/private-machine.js';
import type { Daemon } from './registry-clients.js';
import { findTool } from './registry-command.js';

/** A docker engine that sees the machine's hosts file: no network of containers, no firewall rules. */
export function startPrivateDockerd(machine: PrivateMachine, folder: string): Promise<Daemon> {
  const address = `unix://${join(folder, 'd.sock')}`;
  const argv = [
    ...['dockerd', '--host', address, '--pidfile', join(folder, 'dockerd.pid')],
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
    ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver', 'vfs'],
  ];
  return startDaemon(machine, argv, address, 'API listen on');
}

/**
 * BuildKit on its own, as `docker buildx create --driver remote` takes it.
 *
 * @param trust variables that name the authorities it trusts, as `lazurite env` prints them
 */
export function startPrivateBuildkit(
  machine: PrivateMachine,
  folder: string,
  trust: NodeJS.ProcessEnv,
): Promise<Daemon> {
  const address = `unix://${join(folder, 'buildkit.sock')}`;
  const argv = [
    ...[findTool('buildkitd')!, '--addr', address, '--root', join(folder, 'buildkit')],
    ...['--oci-worker-net', 'host', '--oci-worker-snapshotter', 'native'],
  ];
  return startDaemon(machine, argv, address, 'running server', { ...process.env, ...trust });
}

async function startDaemon(
  machine: PrivateMachine,
  argv: readonly string[],
  address: string,
  ready: string,
  env?: NodeJS.ProcessEnv,
): Promise<Daemon> {
  const daemon = machine.start(argv, env);
  let log = '';
  const exited = once(daemon, 'exit');
  await new Promise<void>((done, fail) => {
    daemon.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes(ready)) done();
    });
    void exited.then(() => fail(new Error(log)));
  });
  return {
    address,
    async close() {
      daemon.kill('SIGTERM');
      await exited;
    },
  };
}
