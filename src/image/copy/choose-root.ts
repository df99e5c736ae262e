import { parseManifest, type ImageManifest } from '../../oci/manifest.js';
import type { Platform } from '../../oci/platform.js';
import { platformMatches } from '../../oci/platform/matching.js';
import { readImageConfig } from '../../remote/image-config-reader.js';
import { PlatformMismatchError } from '../../remote/image-resolver.js';
import type { FetchedManifest } from '../../remote/registry-client.js';
import type { ImageReader } from '../image-reader.js';
import { narrowIndex } from './narrow-index.js';

/** What was named, and what is left of it for a choice of platforms: the same when that is all. */
export async function chooseRoot(
  reader: ImageReader,
  platforms: readonly Platform[],
  signal?: AbortSignal,
): Promise<{ root: FetchedManifest; original: FetchedManifest }> {
  const found = await reader.getManifest(reader.root, signal);
  const parsed = parseManifest(found.bytes, found.mediaType);
  const original = { ...found, mediaType: parsed.mediaType };
  if (platforms.length === 0 || parsed.kind === 'other') return { root: original, original };
  if (parsed.kind === 'image') {
    await requirePlatforms(reader, parsed.manifest, platforms, signal);
    return { root: original, original };
  }
  return { root: narrowIndex(original, parsed.index, platforms, reader.text), original };
}

/** A single image has one platform: that of its config. */
async function requirePlatforms(
  reader: ImageReader,
  { config: descriptor }: ImageManifest,
  platforms: readonly Platform[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const config = await readImageConfig(reader, descriptor, signal);
  const missing = platforms.find((wanted) => !platformMatches(config, wanted));
  if (missing) throw new PlatformMismatchError(reader.text, missing, [config], 'image');
}
