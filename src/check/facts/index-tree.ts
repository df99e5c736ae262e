import type { Descriptor } from '../../oci/descriptor.js';
import { DocumentError } from '../../oci/document.js';
import { parseManifest } from '../../oci/manifest.js';
import { isIndexMediaType } from '../../oci/media-types.js';
import type { FetchedManifest, RepositoryClient } from '../../remote/registry-client.js';
import { TooDeepError } from './refusal.js';

/** Indexes in indexes are legal, but no tool makes more than two levels. */
const MAX_DEPTH = 4;
/** Indexes fetched for one image, whatever their shape. */
const MAX_INDEXES = 32;
/** Entries of all of them together. */
const MAX_ENTRIES = 20_000;

/**
 * The entries of an index, with those of the indexes inside it in their place.
 *
 * @throws TooDeepError for an index that is reached twice, or more levels or indexes than the limits
 */
export async function flattenIndex(
  repository: RepositoryClient,
  root: FetchedManifest,
  signal: AbortSignal,
): Promise<Descriptor[]> {
  const seen = new Set<string>();
  const entries: Descriptor[] = [];
  const visit = async (manifest: FetchedManifest, depth: number): Promise<void> => {
    if (seen.has(manifest.digest)) {
      throw new TooDeepError(`index ${manifest.digest} is reached a second time`);
    }
    if (depth > MAX_DEPTH) throw new TooDeepError(`the index has more than ${MAX_DEPTH} levels`);
    if (seen.size >= MAX_INDEXES) {
      throw new TooDeepError(`the index leads to more than ${MAX_INDEXES} other indexes`);
    }
    seen.add(manifest.digest);
    const parsed = parseManifest(manifest.bytes, manifest.mediaType);
    if (parsed.kind !== 'index') throw new DocumentError(`${manifest.digest} is not an index`);
    for (const entry of parsed.index.manifests) {
      if (isIndexMediaType(entry.mediaType)) {
        await visit(await repository.getManifest(entry.digest, signal), depth + 1);
      } else entries.push(entry);
      if (entries.length > MAX_ENTRIES) {
        throw new DocumentError(`the index has more than ${MAX_ENTRIES} entries`);
      }
    }
  };
  await visit(root, 0);
  return entries;
}
