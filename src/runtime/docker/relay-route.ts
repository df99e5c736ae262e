import { isJsonObject, textOf, type Json } from '../../base/json.js';
import type { Engine } from './engine.js';
import type { EngineAddress } from './engine-address.js';
import { RELAY_PORT, type RelayAddress } from './relay.js';

/** How relays are reached from here. */
export interface RelayRoute {
  /** The address of the engine's machine that their ports are published on; `''` is all of them. */
  publishOn: string;
  /** The host to connect to, or the container's own address where that is reached directly. */
  through: { host: string } | 'container';
}

/**
 * The ways that may lead to a relay, best first. Published ports work with every engine on this machine,
 * Docker Desktop and rootless Podman too; a container's own address is what is left when Lazurite itself
 * runs in a container beside them.
 */
export function relayRoutes({ tcp }: EngineAddress): RelayRoute[] {
  const publishOn = tcp ? '' : '127.0.0.1';
  return [
    { publishOn, through: { host: tcp?.host ?? '127.0.0.1' } },
    { publishOn, through: 'container' },
  ];
}

/** Where a relay that was started listens. @throws Error when the engine has given it no such place. */
export async function relayAddress(
  engine: Engine,
  id: string,
  token: string,
  { through }: RelayRoute,
): Promise<RelayAddress> {
  const found = await engine.find(`/containers/${id}/json`);
  const settings = found?.['NetworkSettings'];
  if (through === 'container') {
    const host = ownAddress(settings);
    if (host === '') throw new Error('the engine gave the container no address');
    return { host, port: RELAY_PORT, token };
  }
  const port = publishedPort(settings);
  if (port === 0) throw new Error('the engine published no port');
  return { host: through.host, port, token };
}

function publishedPort(settings: Json | undefined): number {
  const ports = isJsonObject(settings) ? settings['Ports'] : undefined;
  const bindings = isJsonObject(ports) ? ports[`${RELAY_PORT}/tcp`] : undefined;
  const [first] = Array.isArray(bindings) ? bindings.filter(isJsonObject) : [];
  return Number(textOf(first?.['HostPort'])) || 0;
}

function ownAddress(settings: Json | undefined): string {
  if (!isJsonObject(settings)) return '';
  const networks = isJsonObject(settings['Networks']) ? Object.values(settings['Networks']) : [];
  const addresses = networks.filter(isJsonObject).map(({ IPAddress }) => textOf(IPAddress));
  return textOf(settings['IPAddress']) || (addresses.find((address) => address !== '') ?? '');
}
