import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import { ATTESTED_DIGEST } from '../../oci/index/attestation.js';
import { DocumentError } from '../../oci/document.js';
import { platformOfConfig } from '../../oci/image-config.js';
import { parseManifest, type ImageManifest } from '../../oci/manifest.js';
import { isImageConfigMediaType, isIndexMediaType } from '../../oci/media-types.js';
import { isRunnablePlatform, type Platform } from '../../oci/platform.js';
import { readImageConfig } from '../../remote/image-config-reader.js';
import type { FetchedManifest } from '../../remote/registry-client.js';
import type { ImageReader } from '../image-reader.js';
import { requireDepth } from '../nesting.js';

/** One image of a reference, and what it runs on. */
export interface PlatformEntry {
  platform: Platform;
  /** Whether the index says so, or only the image itself. */
  declaredBy: 'index' | 'config';
  digest: Digest;
  mediaType: string;
  /** Bytes of the manifest. */
  size: number;
}

/** Entries that say nothing of their platform have to be opened one by one. */
const MAX_OPENED = 100;

/**
 * Lists the platforms of a reference in the order of its index. Attestations and artifacts are no images and
 * left out. An entry that names no platform is looked up in its config.
 *
 * @throws RemoteError, DocumentError
 */
export async function listPlatforms(
  reader: ImageReader,
  signal?: AbortSignal,
): Promise<PlatformEntry[]> {
  const root = await reader.getManifest(reader.root, signal);
  return new PlatformLister(reader, signal).list(root, 0);
}

class PlatformLister {
  readonly #reader: ImageReader;
  readonly #signal: AbortSignal | undefined;
  #opened = 0;

  constructor(reader: ImageReader, signal: AbortSignal | undefined) {
    this.#reader = reader;
    this.#signal = signal;
  }

  async list(manifest: FetchedManifest, depth: number): Promise<PlatformEntry[]> {
    requireDepth(depth);
    const parsed = parseManifest(manifest.bytes, manifest.mediaType);
    if (parsed.kind === 'image') return this.#fromConfig(manifest, parsed.manifest);
    if (parsed.kind === 'other') return [];
    const found: PlatformEntry[] = [];
    for (const entry of parsed.index.manifests) {
      found.push(...(await this.#entry(entry, depth)));
    }
    return found;
  }

  async #entry(entry: Descriptor, depth: number): Promise<PlatformEntry[]> {
    const { platform, digest, mediaType, size, annotations } = entry;
    if (annotations?.[ATTESTED_DIGEST] !== undefined) return [];
    const isKnown = platform !== undefined && platform.os !== '' && platform.architecture !== '';
    if (isKnown && !isIndexMediaType(mediaType)) {
      if (!isRunnablePlatform(platform)) return [];
      return [{ platform, declaredBy: 'index', digest, mediaType, size }];
    }
    if (++this.#opened > MAX_OPENED) {
      throw new DocumentError(`the index has more than ${MAX_OPENED} entries without a platform`);
    }
    const manifest = await this.#reader.getManifest(digest, this.#signal);
    return this.list(mediaType === '' ? manifest : { ...manifest, mediaType }, depth + 1);
  }

  async #fromConfig(
    { digest, bytes, mediaType }: FetchedManifest,
    { config: descriptor, artifactType }: ImageManifest,
  ): Promise<PlatformEntry[]> {
    const isImage = artifactType === undefined && isImageConfigMediaType(descriptor.mediaType);
    if (!isImage) return [];
    const config = await readImageConfig(this.#reader, descriptor, this.#signal);
    const platform = platformOfConfig(config);
    if (!isRunnablePlatform(platform)) return [];
    return [{ platform, declaredBy: 'config', digest, mediaType, size: bytes.length }];
  }
}
