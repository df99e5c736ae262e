import type { Descriptor } from '../../oci/descriptor.js';
import { digestOf } from '../../oci/digest.js';
import { parseJsonObject } from '../../oci/document.js';
import { ATTESTED_DIGEST } from '../../oci/index/attestation.js';
import { MAX_MANIFEST_BYTES, type ImageIndex } from '../../oci/manifest.js';
import { formatPlatform, normalizePlatform, type Platform } from '../../oci/platform.js';
import { selectPlatform } from '../../oci/platform/matching.js';
import { PlatformMismatchError, platformsOf } from '../../remote/image-resolver.js';
import type { FetchedManifest } from '../../remote/registry-client.js';

/**
 * Leaves only the entries for some platforms in an index, and the attestations about those. Every entry that
 * stays keeps each of its fields; when all stay, the index keeps its bytes.
 *
 * @param text the reference, for messages
 * @throws PlatformMismatchError when the index has nothing for one of the platforms
 */
export function narrowIndex(
  manifest: FetchedManifest,
  index: ImageIndex,
  platforms: readonly Platform[],
  text: string,
): FetchedManifest {
  const kept = keptEntries(index.manifests, platforms, text);
  if (kept.size === index.manifests.length) return manifest;
  const document = parseJsonObject(manifest.bytes, 'index', MAX_MANIFEST_BYTES);
  const raw = document['manifests'] as unknown[];
  const manifests = raw.filter((_entry, position) => kept.has(position));
  const bytes = Buffer.from(JSON.stringify({ ...document, manifests }));
  return { bytes, mediaType: manifest.mediaType, digest: digestOf(bytes) };
}

/** Positions in the list. */
function keptEntries(
  entries: readonly Descriptor[],
  platforms: readonly Platform[],
  text: string,
): Set<number> {
  const kept = new Set<number>();
  const digests = new Set<string>();
  for (const wanted of platforms) {
    const best = selectPlatform(entries, wanted)?.platform;
    if (best === undefined) {
      throw new PlatformMismatchError(text, wanted, platformsOf(entries), 'index');
    }
    for (const [position, entry] of entries.entries()) {
      if (entry.platform === undefined || !isLike(entry.platform, best, wanted)) continue;
      kept.add(position);
      digests.add(entry.digest);
    }
  }
  for (const [position, { annotations }] of entries.entries()) {
    const attested = annotations?.[ATTESTED_DIGEST];
    if (attested !== undefined && digests.has(attested)) kept.add(position);
  }
  return kept;
}

/** Windows images stand in an index once a build of the system: without a wish, all are taken. */
function isLike(platform: Platform, best: Platform, wanted: Platform): boolean {
  const same =
    formatPlatform(normalizePlatform(platform)) === formatPlatform(normalizePlatform(best));
  return same && (!wanted['os.version'] || platform['os.version'] === best['os.version']);
}
