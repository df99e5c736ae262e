import { readFileSync } from 'node:fs';
import type { NetworkInfo } from '../runtime.js';

/**
 * Content of `/etc/hosts`, `/etc/hostname` and `/etc/resolv.conf` by path.
 *
 * @param names of the loopback address; the first is the host name
 * @param network of its own; none on the host's
 */
export function networkFiles(
  names: readonly string[],
  network?: Pick<NetworkInfo, 'gateway'>,
): Map<string, string> {
  const [hostname = ''] = names;
  return new Map([
    [
      '/etc/hosts',
      `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${names.map((name) => `127.0.0.1\t${name}\n`).join('')}`,
    ],
    ['/etc/hostname', `${hostname}\n`],
    // Without a gateway nothing answers at once, which is better than nothing after a time-out.
    [
      '/etc/resolv.conf',
      network ? `nameserver ${network.gateway ?? '127.0.0.1'}\n` : hostResolver(),
    ],
  ]);
}

function hostResolver(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}
