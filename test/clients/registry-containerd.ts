import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Daemon } from './registry-clients.js';
import { run, startDaemon } from './registry-command.js';

/** Says how to reach the registry; on its own ctr would speak HTTP to every registry on this machine. */
export function writeHosts(
  directory: string,
  server: { address: string; url: string; certificates: string | undefined },
): string {
  const folder = join(directory, 'hosts', server.address);
  mkdirSync(folder, { recursive: true });
  const lines = [`server = "${server.url}"`, `[host."${server.url}"]`];
  if (server.certificates !== undefined) lines.push(`  ca = "${server.certificates}/ca.crt"`);
  writeFileSync(join(folder, 'hosts.toml'), `${lines.join('\n')}\n`);
  return join(directory, 'hosts');
}

/** A containerd of our own: nothing of it outside `directory`. */
export function startContainerd(directory: string): Promise<Daemon> {
  const address = join(directory, 'c.sock');
  const config = join(directory, 'containerd.toml');
  writeFileSync(config, 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n');
  const folders = ['--root', join(directory, 'root'), '--state', join(directory, 'state')];
  return startDaemon('containerd', ['--config', config, '--address', address, ...folders], {
    log: join(directory, 'containerd.log'),
    address,
    isReady: () => run('ctr', ['--address', address, 'version']),
  });
}
