import type { Descriptor } from '../../oci/descriptor.js';
import { parseManifest } from '../../oci/manifest.js';
import type { Reference } from '../../oci/reference.js';
import type { FetchedManifest, RepositoryClient } from '../../remote/registry-client.js';
import type { ImageWriter } from '../image-writer.js';
import { addToFallback } from './fallback-tag.js';

/** @param text as the user wrote the reference */
export function registryWriter(
  repository: RepositoryClient,
  reference: Reference,
  text: string,
): ImageWriter {
  let turn = Promise.resolve();
  /** Lists under a fallback tag are rewritten one after the other. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const put = async (name: string, manifest: FetchedManifest, signal?: AbortSignal) => {
    const { mediaType, bytes } = manifest;
    const stored = await repository.putManifest(name, mediaType, bytes, signal);
    const described = stored.listsReferrer ? undefined : describeReferrer(manifest);
    if (described === undefined) return;
    await inTurn(() => addToFallback(repository, described.subject, described.referrer, signal));
  };
  return {
    text,
    digest: reference.digest,
    hasManifest: (digest, signal) => repository.hasManifest(digest, signal),
    putBlob: (descriptor, open, origin, signal) => {
      const near =
        origin?.registry === reference.registry && origin.repository !== reference.repository;
      const mountFrom = near ? origin.repository : undefined;
      return repository.putBlob(descriptor, open, { mountFrom, signal });
    },
    putManifest: (manifest, signal) => put(manifest.digest, manifest, signal),
    commit: async (root, signal) => {
      if (reference.tag !== undefined) await put(reference.tag, root, signal);
    },
    close: () => Promise.resolve(),
  };
}

/** How a list of referrers shows a manifest; undefined for one without a subject. */
function describeReferrer(
  manifest: FetchedManifest,
): { subject: Descriptor['digest']; referrer: Descriptor } | undefined {
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed.kind === 'other') return undefined;
  const document = parsed.kind === 'image' ? parsed.manifest : parsed.index;
  if (document.subject === undefined) return undefined;
  const configType = parsed.kind === 'image' ? parsed.manifest.config.mediaType : undefined;
  const artifactType = document.artifactType ?? configType;
  const referrer: Descriptor = {
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.bytes.length,
    ...(artifactType !== undefined && { artifactType }),
    ...(document.annotations && { annotations: document.annotations }),
  };
  return { subject: document.subject.digest, referrer };
}
