import { registryReader } from '../../image/registry/registry-reader.js';
import { verifyImage } from '../../image/verify/verify-image.js';
import type { PlatformReport } from '../../image/verify/verify-platform.js';
import { selectPlatform } from '../../oci/platform/matching.js';
import { formatReference } from '../../oci/reference.js';
import type { RepositoryClient } from '../../remote/registry-client.js';
import type { FoundImage, Refusal } from './image-facts.js';
import type { WantedPlatform } from './inspector.js';
import { orRefusal } from './refusal.js';

/**
 * Reads the layers of the platforms that are wanted, and what is wrong with them. A platform that is not there
 * is not its business.
 *
 * @returns a refusal when it could not be read to the end, which says nothing about the image
 */
export async function readContent(
  repository: RepositoryClient,
  image: FoundImage,
  wanted: readonly WantedPlatform[],
  signal: AbortSignal,
): Promise<readonly PlatformReport[] | Refusal> {
  const platforms = wanted.flatMap(({ platform, otherArchitectures }) => {
    const entry = selectPlatform(image.entries, platform, { otherArchitectures });
    return entry?.platform ? [entry.platform] : [];
  });
  const isIndex = image.kind === 'index';
  const isReadable = isIndex ? platforms.length > 0 : image.kind === 'image' && wanted.length > 0;
  if (!isReadable) return [];
  // The tag may move meanwhile; what is read is what the other facts are about.
  const reference = { ...image.reference, digest: image.digest };
  const reader = registryReader(repository, reference, formatReference(reference));
  return orRefusal(async () => {
    const options = { signal, ...(isIndex && { platforms }) };
    return (await verifyImage(reader, options)).platforms;
  });
}
