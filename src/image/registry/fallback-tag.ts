import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import { DocumentError, isRecord, parseJsonObject } from '../../oci/document.js';
import { MAX_MANIFEST_BYTES, parseManifest } from '../../oci/manifest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import {
  RemoteError,
  type FetchedManifest,
  type RepositoryClient,
} from '../../remote/registry-client.js';

/**
 * The tag under which registries without a list of referrers keep one: `'sha256-9f86…'`.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
 */
function fallbackTag(subject: Digest): string {
  return subject.replace(':', '-').slice(0, 128);
}

/** The referrers that the fallback tag lists; empty when there is no such tag. */
export async function readFallback(
  repository: RepositoryClient,
  subject: Digest,
  signal?: AbortSignal,
): Promise<Descriptor[]> {
  const index = await fetchFallback(repository, subject, signal);
  if (index === undefined) return [];
  const parsed = parseManifest(index.bytes, index.mediaType);
  return parsed.kind === 'index' ? parsed.index.manifests : [];
}

/** Adds a referrer to the list under the fallback tag. Callers take turns: the tag is read and rewritten. */
export async function addToFallback(
  repository: RepositoryClient,
  subject: Digest,
  referrer: Descriptor,
  signal?: AbortSignal,
): Promise<void> {
  const index = await fetchFallback(repository, subject, signal);
  const document = index ? parseJsonObject(index.bytes, 'index', MAX_MANIFEST_BYTES) : {};
  const { manifests = [] } = document;
  if (!Array.isArray(manifests)) throw new DocumentError('index.manifests is not a list');
  const listed = manifests.some((entry) => isRecord(entry) && entry['digest'] === referrer.digest);
  if (listed) return;
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociIndex,
      ...document,
      manifests: [...(manifests as unknown[]), referrer],
    }),
  );
  await repository.putManifest(fallbackTag(subject), MEDIA_TYPE.ociIndex, bytes, signal);
}

async function fetchFallback(
  repository: RepositoryClient,
  subject: Digest,
  signal: AbortSignal | undefined,
): Promise<FetchedManifest | undefined> {
  try {
    return await repository.getManifest(fallbackTag(subject), signal);
  } catch (error) {
    const missing = error instanceof RemoteError && /^(?:manifest|name)-unknown$/.test(error.kind);
    if (missing) return undefined;
    throw error;
  }
}
