import { createRegistryClient } from '../remote/client.js';
import { userCredentials } from '../remote/credentials/user-credentials.js';
import type { Reference } from '../oci/reference.js';
import type {
  RegistryEndpoint,
  RegistryInventory,
  RemoteRepository,
} from '../remote/registry-client.js';
import { createTransport } from '../remote/transport.js';
import { userEndpoints, type EndpointOptions } from '../remote/user-endpoints.js';

export interface UserAccessOptions extends EndpointOptions {
  /** e.g. `'lazurite/0.1.0'` */
  userAgent: string;
}

/** What a user reaches. */
export interface UserAccess {
  openRepository(reference: Reference): Promise<RemoteRepository>;
  /** @param registry e.g. `'localhost:5000'` */
  openInventory(registry: string): Promise<RegistryInventory>;
}

/** Reaches registries as the user's docker and podman do: with their credentials and certificates. */
export function userAccess(options: UserAccessOptions): UserAccess {
  const findCredentials = userCredentials(options.environment);
  const findEndpoint = userEndpoints(options, createTransport());
  const endpoints = new Map<string, RegistryEndpoint>();
  const client = createRegistryClient({
    resolveEndpoint: (registry) => endpoints.get(registry),
    userAgent: options.userAgent,
  });
  return {
    async openRepository({ registry, repository }) {
      endpoints.set(registry, await findEndpoint(registry));
      const credentials = await findCredentials(registry, repository);
      return client.repository(registry, repository, credentials);
    },
    async openInventory(registry) {
      endpoints.set(registry, await findEndpoint(registry));
      return client.inventory(registry, await findCredentials(registry));
    },
  };
}
