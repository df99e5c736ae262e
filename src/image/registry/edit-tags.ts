import { Failure } from '../../base/failure.js';
import type { Digest } from '../../oci/digest.js';
import { parseManifest } from '../../oci/manifest.js';
import { formatReference, type Reference, type Tag } from '../../oci/reference.js';
import {
  manifestReference,
  RemoteError,
  type RemoteRepository,
} from '../../remote/registry-client.js';
import type { OpenRepository } from '../image-access.js';

/**
 * Gives an image more tags in its repository; no layer is moved. A tag that is there moves.
 *
 * @returns what the tags name now
 * @throws RemoteError
 */
export async function tagImage(
  openRepository: OpenRepository,
  image: Reference,
  tags: readonly Tag[],
  signal?: AbortSignal,
): Promise<Digest> {
  const repository = await openRepository(image);
  const found = await repository.getManifest(manifestReference(image), signal);
  const { mediaType } = parseManifest(found.bytes, found.mediaType);
  for (const tag of tags) await repository.putManifest(tag, mediaType, found.bytes, signal);
  return found.digest;
}

/** Answers of registries that delete no tag alone, or nothing at all. */
const NOT_DELETED = new Set([400, 405, 501]);

/**
 * Deletes a tag alone, or by digest a manifest with all its tags.
 *
 * @throws RemoteError; Failure when the registry does not delete such a thing
 */
export async function deleteImage(
  openRepository: (reference: Reference) => Promise<RemoteRepository>,
  image: Reference,
  signal?: AbortSignal,
): Promise<void> {
  const repository = await openRepository(image);
  try {
    await repository.deleteManifest(manifestReference(image), signal);
  } catch (error) {
    if (!(error instanceof RemoteError) || !NOT_DELETED.has(error.status ?? 0)) throw error;
    const byTag = image.digest === undefined;
    throw new Failure(`${formatReference(image)} was not deleted: ${error.message}`, {
      why: `${image.registry} deletes no ${byTag ? 'tag alone' : 'manifests'}`,
      help: byTag
        ? 'delete the manifest, with all its tags: lazurite image delete HOST/REPOSITORY@DIGEST'
        : 'allow deleting in the settings of the registry',
      cause: error,
    });
  }
}
