import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { parseManifest, type ImageManifest } from '../oci/manifest.js';
import { formatPlatformInFull, isRunnablePlatform } from '../oci/platform.js';
import type { LocalRepository } from '../registry/local-repository.js';
import { readImageConfig } from '../remote/image-config-reader.js';
import { RemoteError } from '../remote/registry-client.js';

/** What is kept of an image. */
export interface ImageSummary {
  /** As the index declares them, or the image's config; e.g. `['linux/amd64', 'windows(10.0.20348.2700)/amd64']`. */
  platforms: string[];
  /** Bytes of the configs and layers that are here; a layer that images share counts once. */
  size: number;
}

/** Reads the manifests that `digest` leads to, as far as they are here. */
export async function describeImage(
  repository: LocalRepository,
  digest: Digest,
): Promise<ImageSummary> {
  const platforms = new Set<string>();
  const blobs = new Map<Digest, number>();
  const visit = async (manifest: Digest, entry: Descriptor | undefined): Promise<void> => {
    const fetched = await repository.getManifest(manifest).catch(ifMissing);
    if (entry?.platform && isRunnablePlatform(entry.platform)) {
      platforms.add(formatPlatformInFull(entry.platform));
    }
    if (fetched === undefined) return;
    const parsed = parseManifest(fetched.bytes, fetched.mediaType);
    if (parsed.kind === 'index') {
      for (const child of parsed.index.manifests) await visit(child.digest, child);
    } else if (parsed.kind === 'image') {
      for (const { digest: blob, size } of blobsOf(parsed.manifest)) {
        if (await repository.hasBlob(blob)) blobs.set(blob, size);
      }
      const { config } = parsed.manifest;
      if (entry === undefined && blobs.has(config.digest)) {
        const platform = await readImageConfig(repository, config);
        platforms.add(formatPlatformInFull(platform));
      }
    }
  };
  await visit(digest, undefined);
  const size = [...blobs.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { platforms: [...platforms], size };
}

function blobsOf({ config, layers }: ImageManifest): Descriptor[] {
  return [config, ...layers];
}

function ifMissing(error: unknown): undefined {
  if (error instanceof RemoteError && error.kind === 'manifest-unknown') return undefined;
  throw error;
}
