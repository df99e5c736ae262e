import { systemClock, type Clock } from '../base/clock.js';
import type { EndpointResolver, RegistryClient, RegistryEndpoint } from './registry-client.js';
import { createRepositoryClient } from './repository.js';
import { Session } from './session.js';
import { createTransport } from './transport.js';

export interface RegistryClientOptions {
  /** Where hosts really answer; `https://<host>` when absent or undefined for a host. */
  resolveEndpoint?: EndpointResolver;
  /** e.g. `'lazurite/0.1.0'` */
  userAgent?: string;
  /** Times the pauses between retries. */
  clock?: Clock;
}

/** A client for any registry that speaks the distribution API. Connections are pooled and kept alive. */
export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  const transport = createTransport();
  const { clock = systemClock, userAgent = 'lazurite' } = options;
  return {
    repository(registry, repository, credentials) {
      const endpoint = options.resolveEndpoint?.(registry) ?? publicEndpoint(registry);
      const session = new Session({
        endpoint,
        repository,
        credentials,
        transport,
        clock,
        userAgent,
      });
      return createRepositoryClient(session, repository);
    },
  };
}

/** Docker Hub's name and the host of its API differ. */
function publicEndpoint(host: string): RegistryEndpoint {
  return { baseUrl: `https://${host === 'docker.io' ? 'registry-1.docker.io' : host}` };
}
