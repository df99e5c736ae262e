import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { readConnection } from '../../az/connection.js';
import { Failure } from '../../base/failure.js';
import { MIRROR_DOMAIN } from '../../mirror/mirror-domain.js';
import type { RegistryEndpoint } from '../../remote/registry-client.js';
import { Home } from '../../server/home.js';

/** A name on the network: no address, no port, nothing of this machine, and no registry of a Lazurite. */
const MIRRORED = /^(?!.*\.(?:localhost|azurecr\.io)$)(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*$/i;

/**
 * The mirror of the Lazurite that runs in a home, through which its apps pull, too.
 *
 * @returns where a registry is mirrored, or undefined for one that is not; undefined when none runs
 */
export function runningMirror(
  home: string,
): ((registry: string) => RegistryEndpoint | undefined) | undefined {
  const port = gatewayPort(home);
  if (port === undefined) return undefined;
  return (registry) =>
    MIRRORED.test(registry) ? { baseUrl: `http://${registry}${MIRROR_DOMAIN}:${port}` } : undefined;
}

/** A Lazurite that is only starting has not said yet where it is. */
function gatewayPort(home: string): string | undefined {
  if (new Home(home).owner() === undefined) return undefined;
  try {
    return new URL(readConnection(home).gateway).port;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** Not every resolver knows that names below `localhost` are this machine. */
export const lookupMirrors: LookupFunction = (hostname, options, done) => {
  if (!hostname.endsWith(MIRROR_DOMAIN)) systemLookup(hostname, options, done);
  else if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
};
