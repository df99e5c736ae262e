import { parseManifest } from '../../oci/manifest.js';
import { isIndexMediaType } from '../../oci/media-types.js';
import type { Reference } from '../../oci/reference.js';
import type { RepositoryClient } from '../../remote/registry-client.js';
import type { FormerIndex } from './image-facts.js';
import { isRefusal } from './image-facts.js';
import { orRefusal } from './refusal.js';
import { parseArchitectureTag } from './related-tags.js';
import { runnablePlatforms } from './runnable-platforms.js';

/** Registries that keep times of tags and list manifests without one: Azure's, and those on this machine. */
const KEEPS_HISTORY = /(?:\.azurecr\.(?:io|cn|us)|^localhost|^127(?:\.\d+){3}|^\[::1\])(?::\d+)?$/;
/** A manifest is a little older than the tag that it is pushed under. */
const TOLERANCE_MS = 60_000;
const MAX_LOOKED_AT = 3;

/**
 * The indexes of several platforms that lost their tag in the time when this tag was moved. Empty when the
 * registry does not tell.
 */
export async function findFormerIndexes(
  repository: RepositoryClient,
  { registry, tag }: Reference,
  signal: AbortSignal,
): Promise<FormerIndex[]> {
  if (tag === undefined || !KEEPS_HISTORY.test(registry) || parseArchitectureTag(tag)) return [];
  const history = await orRefusal(async () => repository.readTagHistory?.(tag, signal));
  if (history === undefined || isRefusal(history)) return [];
  const moved = Date.parse(history.lastUpdateTime);
  const first = Date.parse(history.createdTime) - TOLERANCE_MS;
  const candidates = history.untagged.filter(({ mediaType, createdTime }) => {
    const created = Date.parse(createdTime);
    return isIndexMediaType(mediaType) && created >= first && created < moved;
  });
  const looked = await Promise.all(
    candidates.slice(0, MAX_LOOKED_AT).map(async ({ digest, createdTime }) => {
      const platforms = await orRefusal(async () => {
        const { bytes, mediaType } = await repository.getManifest(digest, signal);
        const parsed = parseManifest(bytes, mediaType);
        return parsed.kind === 'index' ? runnablePlatforms(parsed.index.manifests) : [];
      });
      return { digest, pushed: createdTime, platforms, moved: history.lastUpdateTime };
    }),
  );
  return looked.flatMap(({ platforms, ...rest }) =>
    isRefusal(platforms) || platforms.length < 2 ? [] : [{ ...rest, platforms }],
  );
}
