import type { LookupFunction } from 'node:net';
import { systemClock, type Clock } from '../base/clock.js';
import { createInventory } from './inventory.js';
import type {
  Credentials,
  EndpointResolver,
  RegistryEndpoint,
  RemoteRegistryClient,
} from './registry-client.js';
import { createRepositoryClient } from './repository.js';
import { Session } from './session.js';
import { createTransport } from './transport.js';

export interface RegistryClientOptions {
  /** Where hosts really answer; `https://<host>` when absent or undefined for a host. */
  resolveEndpoint?: EndpointResolver;
  /** e.g. `'lazurite/0.1.0'` */
  userAgent?: string;
  /** Finds the addresses of hosts; the system's way when left out. */
  lookup?: LookupFunction;
  /** Times the pauses between retries. */
  clock?: Clock;
}

/** A client for any registry that speaks the distribution API. Connections are pooled and kept alive. */
export function createRegistryClient(options: RegistryClientOptions = {}): RemoteRegistryClient {
  const transport = createTransport(options.lookup);
  const { clock = systemClock, userAgent = 'lazurite' } = options;
  const open = (registry: string, repository: string, credentials?: Credentials): Session => {
    const endpoint = options.resolveEndpoint?.(registry) ?? publicEndpoint(registry);
    return new Session({ endpoint, repository, credentials, transport, clock, userAgent });
  };
  return {
    repository: (registry, repository, credentials) =>
      createRepositoryClient(open(registry, repository, credentials), repository),
    inventory: (registry, credentials) => createInventory(open(registry, '', credentials)),
  };
}

/** Docker Hub's name and the host of its API differ. */
function publicEndpoint(host: string): RegistryEndpoint {
  return { baseUrl: `https://${host === 'docker.io' ? 'registry-1.docker.io' : host}` };
}
