import { lookup as systemLookup } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Finds the given hosts by DNS alone, and all others as the system does: the hosts file says that those
 * few are here.
 */
export function lookupPastHostsFile(hosts: readonly string[]): LookupFunction {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  return (hostname, options, done) => {
    if (!hosts.includes(hostname.toLowerCase())) {
      systemLookup(hostname, options, done);
      return;
    }
    resolver.resolve4(hostname).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: 4 }));
        if (options.all) done(null, found);
        else done(null, found[0]?.address ?? '', 4);
      },
      (error: unknown) => {
        const cause = error instanceof Error ? error.message : String(error);
        const unknown = Object.assign(new Error(cause), { code: 'ENOTFOUND' });
        done(unknown, '', 4);
      },
    );
  };
}
