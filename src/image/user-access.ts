import { createRegistryClient } from '../remote/client.js';
import { userCredentials } from '../remote/credentials/user-credentials.js';
import type { RegistryEndpoint } from '../remote/registry-client.js';
import { createTransport } from '../remote/transport.js';
import { userEndpoints, type EndpointOptions } from '../remote/user-endpoints.js';
import type { OpenRepository } from './image-access.js';

export interface UserAccessOptions extends EndpointOptions {
  /** e.g. `'lazurite/0.1.0'` */
  userAgent: string;
}

/** Reaches registries as the user's docker and podman do: with their credentials and certificates. */
export function userAccess(options: UserAccessOptions): OpenRepository {
  const findCredentials = userCredentials(options.environment);
  const findEndpoint = userEndpoints(options, createTransport());
  const endpoints = new Map<string, RegistryEndpoint>();
  const client = createRegistryClient({
    resolveEndpoint: (registry) => endpoints.get(registry),
    userAgent: options.userAgent,
  });
  return async ({ registry, repository }) => {
    endpoints.set(registry, await findEndpoint(registry));
    const credentials = await findCredentials(registry, repository);
    return client.repository(registry, repository, credentials);
  };
}
