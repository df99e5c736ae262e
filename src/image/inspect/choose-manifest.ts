import { parseManifest } from '../../oci/manifest.js';
import type { Platform } from '../../oci/platform.js';
import { selectPlatform } from '../../oci/platform/matching.js';
import type { FetchedManifest } from '../../remote/registry-client.js';
import type { ImageReader } from '../image-reader.js';

/**
 * The manifest that was named, or that of its image for a platform. An image without an index is itself: whether it
 * is for the platform is not looked at (`chooseRoot` does).
 */
export async function chooseManifest(
  reader: ImageReader,
  named: FetchedManifest,
  platform: Platform | undefined,
  signal?: AbortSignal,
): Promise<FetchedManifest> {
  const parsed = parseManifest(named.bytes, named.mediaType);
  if (platform === undefined || parsed.kind !== 'index') return named;
  const child = selectPlatform(parsed.index.manifests, platform);
  return child ? reader.getManifest(child.digest, signal) : named;
}
