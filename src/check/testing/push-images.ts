import { Readable } from 'node:stream';
import type { Descriptor } from '../../oci/descriptor.js';
import { digestOf } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { formatPlatformInFull, type Platform } from '../../oci/platform.js';
import type { RepositoryClient } from '../../remote/registry-client.js';

/** Pushes an image without layers. @returns its descriptor, as an index has it */
export async function pushImage(
  repository: RepositoryClient,
  tag: string,
  platform: Platform,
): Promise<Descriptor> {
  const config = json({ ...platform, rootfs: { type: 'layers', diff_ids: [] } });
  const configDescriptor = describe(config, MEDIA_TYPE.ociConfig);
  await repository.putBlob(configDescriptor, () => Readable.from([config]));
  const mediaType = MEDIA_TYPE.ociManifest;
  const manifest = json({ schemaVersion: 2, mediaType, config: configDescriptor, layers: [] });
  await repository.putManifest(tag, mediaType, manifest);
  return { ...describe(manifest, mediaType), platform };
}

/** Pushes an index of images without layers. */
export async function pushIndex(
  repository: RepositoryClient,
  tag: string,
  platforms: readonly Platform[],
): Promise<Descriptor> {
  const manifests: Descriptor[] = [];
  for (const platform of platforms) {
    const name = `tmp-${formatPlatformInFull(platform).replace(/[^a-z0-9]+/g, '-')}`;
    manifests.push(await pushImage(repository, name, platform));
  }
  const mediaType = MEDIA_TYPE.ociIndex;
  const index = json({ schemaVersion: 2, mediaType, manifests });
  await repository.putManifest(tag, mediaType, index);
  return describe(index, mediaType);
}

function json(document: unknown): Buffer {
  return Buffer.from(JSON.stringify(document));
}

function describe(bytes: Buffer, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}
