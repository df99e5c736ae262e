import { readFileSync } from 'node:fs';

/**
 * Content of `/etc/hosts`, `/etc/hostname` and `/etc/resolv.conf` by path.
 *
 * @param names of the loopback address; the first is the host name
 */
export function networkFiles(
  names: readonly string[],
  network: 'own' | 'host',
): Map<string, string> {
  const [hostname = ''] = names;
  return new Map([
    [
      '/etc/hosts',
      `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${names.map((name) => `127.0.0.1\t${name}\n`).join('')}`,
    ],
    ['/etc/hostname', `${hostname}\n`],
    // In a network of its own nothing answers at once, which is better than nothing after a time-out.
    ['/etc/resolv.conf', network === 'own' ? 'nameserver 127.0.0.1\n' : hostResolver()],
  ]);
}

function hostResolver(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}
