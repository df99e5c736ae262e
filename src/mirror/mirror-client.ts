import { sharedWork } from '../base/shared-work.js';
import type { RepositoryName } from '../oci/reference.js';
import type {
  Credentials,
  FetchedManifest,
  RegistryClient,
  RepositoryClient,
} from '../remote/registry-client.js';
import type { MirrorClientOptions, MirrorContext } from './mirror-context.js';
import { MirroredRepository } from './mirrored-repository.js';
import { UpstreamHolds } from './upstream-holds.js';

/**
 * A client that asks the mirror before the network, and keeps what the network gives to callers without
 * credentials. Pushes, and local registries, pass through.
 */
export function createMirrorClient(options: MirrorClientOptions): RegistryClient {
  const context: MirrorContext = {
    ...options,
    holds: new UpstreamHolds(options.clock),
    manifests: sharedWork<FetchedManifest>(),
    blobs: sharedWork<true>(),
  };
  return {
    repository(
      registry: string,
      name: RepositoryName,
      credentials?: Credentials,
    ): RepositoryClient {
      const upstream = options.network.repository(registry, name, credentials);
      if (options.isLocal(registry)) return upstream;
      const mirrored = new MirroredRepository(context, {
        ...{ registry: registry.toLowerCase(), name, upstream },
        isPublic: credentials === undefined,
      });
      return {
        ...upstream,
        getManifest: (reference, signal) => mirrored.getManifest(reference, signal),
        getBlob: (descriptor, signal) => mirrored.getBlob(descriptor, signal),
        hasBlob: (digest, signal) => mirrored.hasBlob(digest, signal),
        listTags: (signal) => mirrored.listTags(signal),
      };
    },
  };
}
