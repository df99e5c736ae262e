import type { EndpointResolver } from '../remote/registry-client.js';
import type { RegistryHost } from '../registry/registry-host.js';

const AZURE_SUFFIX = '.azurecr.io';

/** Gives the name of a registry of this Lazurite by what stands before the first slash of a reference. */
export function findLocalRegistry(host: RegistryHost, server: string): string | undefined {
  const wanted = server.toLowerCase();
  const byServer = host.list().find(({ settings }) => settings.loginServer === wanted);
  if (byServer) return byServer.settings.name;
  // Templates and scripts written for Azure name registries so; a local one of that name is meant.
  if (!wanted.endsWith(AZURE_SUFFIX)) return undefined;
  const name = wanted.slice(0, -AZURE_SUFFIX.length);
  return host.get(name) ? name : undefined;
}

/** `localhost`, and addresses that never leave the machine; with a port or without. */
export function isLoopbackHost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host);
}

/** Sends references to local registries to their loopback listeners, and all others to the network. */
export function localFirst(
  localName: (server: string) => string | undefined,
  baseUrl: (registryName: string) => string | undefined,
): EndpointResolver {
  return (server) => {
    const name = localName(server);
    const url = name === undefined ? undefined : baseUrl(name);
    return url === undefined ? undefined : { baseUrl: url };
  };
}
