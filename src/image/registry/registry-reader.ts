import type { Reference } from '../../oci/reference.js';
import { manifestReference, type RepositoryClient } from '../../remote/registry-client.js';
import type { ImageReader } from '../image-reader.js';
import { readFallback } from './fallback-tag.js';

/** @param text as the user wrote the reference */
export function registryReader(
  repository: RepositoryClient,
  reference: Reference,
  text: string,
): ImageReader {
  return {
    text,
    root: manifestReference(reference),
    origin: { registry: reference.registry, repository: reference.repository },
    getManifest: (name, signal) => repository.getManifest(name, signal),
    getBlob: (descriptor, signal) => repository.getBlob(descriptor, signal),
    async listReferrers(subject, signal) {
      const listed = await repository.listReferrers(subject, signal);
      return listed ?? readFallback(repository, subject, signal);
    },
    close: () => Promise.resolve(),
  };
}
