import { join } from 'node:path';
import type { Daemon } from './registry-clients.js';
import { run, startDaemon } from './registry-command.js';

/** A docker engine of our own: no network, no firewall rules, nothing outside `directory`. */
export function startDockerd(directory: string): Promise<Daemon> {
  const address = `unix://${join(directory, 'd.sock')}`;
  const folders = [
    ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')],
    ...['--pidfile', join(directory, 'dockerd.pid'), '--host', address],
  ];
  const plain = ['--iptables=false', '--ip6tables=false', '--bridge=none'];
  return startDaemon('dockerd', [...folders, ...plain, '--storage-driver', 'vfs'], {
    log: join(directory, 'dockerd.log'),
    address,
    isReady: () => run('docker', ['--config', directory, '--host', address, 'version']),
  });
}
