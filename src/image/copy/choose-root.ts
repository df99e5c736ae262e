import { buffer } from 'node:stream/consumers';
import type { Digest } from '../../oci/digest.js';
import { DocumentError } from '../../oci/document.js';
import { MAX_IMAGE_CONFIG_BYTES, parseImageConfig } from '../../oci/image-config.js';
import { parseManifest, type ImageManifest } from '../../oci/manifest.js';
import type { Platform } from '../../oci/platform.js';
import { platformMatches } from '../../oci/platform/matching.js';
import { PlatformMismatchError } from '../../remote/image-resolver.js';
import type { FetchedManifest } from '../../remote/registry-client.js';
import type { ImageReader } from '../image-reader.js';
import { narrowIndex } from './narrow-index.js';

/** The manifest to copy, and the digest of the index that it was made from when it is not the original. */
export async function chooseRoot(
  reader: ImageReader,
  platforms: readonly Platform[],
  signal?: AbortSignal,
): Promise<{ root: FetchedManifest; rewrittenFrom?: Digest }> {
  const found = await reader.getManifest(reader.root, signal);
  const parsed = parseManifest(found.bytes, found.mediaType);
  const root = { ...found, mediaType: parsed.mediaType };
  if (platforms.length === 0 || parsed.kind === 'other') return { root };
  if (parsed.kind === 'image') {
    await requirePlatforms(reader, parsed.manifest, platforms, signal);
    return { root };
  }
  const narrowed = narrowIndex(root, parsed.index, platforms, reader.text);
  return narrowed === root ? { root } : { root: narrowed, rewrittenFrom: root.digest };
}

/** A single image has one platform: that of its config. */
async function requirePlatforms(
  reader: ImageReader,
  { config: descriptor }: ImageManifest,
  platforms: readonly Platform[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (descriptor.size > MAX_IMAGE_CONFIG_BYTES) {
    throw new DocumentError(`image config declares ${descriptor.size} bytes`);
  }
  const config = parseImageConfig(await buffer(await reader.getBlob(descriptor, signal)));
  const missing = platforms.find((wanted) => !platformMatches(config, wanted));
  if (missing) throw new PlatformMismatchError(reader.text, missing, [config], 'image');
}
