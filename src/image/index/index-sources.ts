import { Failure } from '../../base/failure.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { platformOfConfig } from '../../oci/image-config.js';
import { parseManifest, type ImageManifest } from '../../oci/manifest.js';
import { isImageConfigMediaType } from '../../oci/media-types.js';
import type { Platform } from '../../oci/platform.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import {
  manifestReference,
  RemoteError,
  type FetchedManifest,
  type RepositoryClient,
} from '../../remote/registry-client.js';
import { readImageConfig } from '../../remote/image-config-reader.js';
import type { OpenRepository } from '../image-access.js';

/** An image that becomes entries of an index. */
export interface IndexSource {
  reference: Reference;
  /** One for an image, with the platform of its config; those of an index as they stand there. */
  entries: readonly Descriptor[];
}

/**
 * Finds out what entries an image or an index makes.
 *
 * @throws Failure when it does not exist or is no image; RemoteError, DocumentError
 */
export async function readSource(
  openRepository: OpenRepository,
  reference: Reference,
  signal?: AbortSignal,
): Promise<IndexSource> {
  const repository = await openRepository(reference);
  const fetched = await fetchRoot(repository, reference, signal);
  const parsed = parseManifest(fetched.bytes, fetched.mediaType);
  const { digest } = fetched;
  const root = { mediaType: parsed.mediaType, digest, size: fetched.bytes.length };
  switch (parsed.kind) {
    case 'index':
      return { reference, entries: parsed.index.manifests };
    case 'image': {
      const platform = await readPlatform(repository, parsed.manifest, signal);
      const { artifactType } = parsed.manifest;
      const entry = {
        ...root,
        ...(platform && { platform }),
        ...(artifactType && { artifactType }),
      };
      return { reference, entries: [entry] };
    }
    case 'other':
      throw new Failure(`${formatReference(reference)} is neither an image nor an index`, {
        why: `its media type is ${parsed.mediaType}`,
      });
  }
}

async function fetchRoot(
  repository: RepositoryClient,
  reference: Reference,
  signal: AbortSignal | undefined,
): Promise<FetchedManifest> {
  try {
    return await repository.getManifest(manifestReference(reference), signal);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const name = formatReference(reference);
    throw new Failure(`there is no image ${name}`, {
      why: error.message,
      help: `push it first: an index can only hold images that are there`,
      cause: error,
    });
  }
}

/** Whether a registry has said that it has no such manifest. */
export function isMissing(error: unknown): error is RemoteError {
  return (
    error instanceof RemoteError &&
    (error.kind === 'manifest-unknown' || error.kind === 'name-unknown')
  );
}

/** Of an artifact there is none: its config says nothing, or is of some other kind. */
async function readPlatform(
  repository: RepositoryClient,
  { config: descriptor }: ImageManifest,
  signal: AbortSignal | undefined,
): Promise<Platform | undefined> {
  if (!isImageConfigMediaType(descriptor.mediaType)) return undefined;
  const platform = platformOfConfig(await readImageConfig(repository, descriptor, signal));
  return platform.os && platform.architecture ? platform : undefined;
}
