import type { Readable } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { DocumentError } from '../oci/document.js';
import { platformOfConfig, type ImageConfig } from '../oci/image-config.js';
import { parseManifest, type ImageManifest } from '../oci/manifest.js';
import { formatPlatform, isRunnablePlatform, type Platform } from '../oci/platform.js';
import { platformMatches, selectPlatform } from '../oci/platform/matching.js';
import { NO_MATCH_TEXT, wrongPlatformText } from '../oci/platform/no-match.js';
import { formatReference, type Reference } from '../oci/reference.js';
import { readImageConfig } from './image-config-reader.js';
import {
  manifestReference,
  RemoteError,
  type Credentials,
  type FetchedManifest,
  type RegistryClient,
  type RepositoryClient,
} from './registry-client.js';

/** An image brought down to one platform. It serves as the runtime's `ImageSource`. */
export interface ResolvedImage {
  /** What the reference named: the index, or the image itself. */
  root: FetchedManifest;
  /** Of the image manifest for the platform. */
  manifestDigest: Digest;
  manifest: ImageManifest;
  config: ImageConfig;
  /** Of the image, from its config. */
  platform: Platform;
  /** Base layer first. */
  layers: Descriptor[];
  /** Compressed bytes of all layers, as declared. */
  size: number;
  openLayer(layer: Descriptor, signal?: AbortSignal): Promise<Readable>;
}

/** The image exists, but not for the platform. */
export class PlatformMismatchError extends Error {
  readonly wanted: Platform;
  /** The platforms there are; one for a single image. */
  readonly available: readonly Platform[];
  /** Whether the reference names an index without the platform, or an image for another one. */
  readonly source: 'index' | 'image';

  constructor(
    reference: string,
    wanted: Platform,
    available: readonly Platform[],
    source: 'index' | 'image',
  ) {
    super(
      source === 'index'
        ? NO_MATCH_TEXT.azure({ wanted, reference })
        : wrongPlatformText(wanted, available[0]),
    );
    this.name = 'PlatformMismatchError';
    this.wanted = wanted;
    this.available = available;
    this.source = source;
  }
}

export interface ResolveOptions {
  credentials?: Credentials | undefined;
  /** The reference as the user wrote it, for messages; the canonical text when absent. */
  referenceText?: string;
  signal?: AbortSignal | undefined;
}

/** Indexes of indexes are legal, but not endless ones. */
const MAX_NESTING = 4;
/** What Azure takes an index entry for that names no platform; the image's config still has to agree. */
const ASSUMED_PLATFORM: Platform = { os: 'linux', architecture: 'amd64' };

/**
 * Follows a reference to the image for one platform: index, manifest, config.
 *
 * @throws PlatformMismatchError, RemoteError (`bad-content` for documents that are not what they claim)
 */
export async function resolveImage(
  client: RegistryClient,
  reference: Reference,
  platform: Platform,
  options: ResolveOptions = {},
): Promise<ResolvedImage> {
  const repository = client.repository(
    reference.registry,
    reference.repository,
    options.credentials,
  );
  const text = options.referenceText ?? formatReference(reference);
  const resolution = { repository, platform, text, signal: options.signal };
  try {
    return await resolve(resolution, manifestReference(reference));
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new RemoteError('bad-content', `${text}: ${error.message}`, { cause: error });
  }
}

interface Resolution {
  repository: RepositoryClient;
  platform: Platform;
  text: string;
  signal: AbortSignal | undefined;
}

async function resolve(resolution: Resolution, name: string): Promise<ResolvedImage> {
  const { repository, platform, text, signal } = resolution;
  const root = await repository.getManifest(name, signal);
  let current = root;
  for (let depth = 0; depth <= MAX_NESTING; depth++) {
    const parsed = parseManifest(current.bytes, current.mediaType);
    if (parsed.kind === 'image') {
      return resolveConfig(resolution, root, current.digest, parsed.manifest);
    }
    if (parsed.kind === 'other') {
      throw new DocumentError(`manifest of type ${parsed.mediaType} is not an image`);
    }
    const child = selectPlatform(parsed.index.manifests, platform, { assumed: ASSUMED_PLATFORM });
    if (child === undefined) {
      throw new PlatformMismatchError(text, platform, platformsOf(parsed.index.manifests), 'index');
    }
    current = await fetchChild(repository, child, signal);
  }
  throw new DocumentError(`index is nested deeper than ${MAX_NESTING} levels`);
}

async function fetchChild(
  repository: RepositoryClient,
  child: Descriptor,
  signal: AbortSignal | undefined,
): Promise<FetchedManifest> {
  const fetched = await repository.getManifest(child.digest, signal);
  if (fetched.bytes.length !== child.size) {
    throw new DocumentError(
      `manifest ${child.digest} has ${fetched.bytes.length} bytes, its index says ${child.size}`,
    );
  }
  return fetched;
}

/** Runnable platforms of an index, each once, in its order. */
export function platformsOf(entries: readonly Descriptor[]): Platform[] {
  const found = new Map<string, Platform>();
  for (const { platform } of entries) {
    if (!platform || !isRunnablePlatform(platform)) continue;
    const key = `${formatPlatform(platform)} ${platform['os.version'] ?? ''}`;
    if (!found.has(key)) found.set(key, platform);
  }
  return [...found.values()];
}

async function resolveConfig(
  resolution: Resolution,
  root: FetchedManifest,
  manifestDigest: Digest,
  manifest: ImageManifest,
): Promise<ResolvedImage> {
  const { repository, platform, text, signal } = resolution;
  const config = await readImageConfig(repository, manifest.config, signal);
  if (!platformMatches(config, platform)) {
    throw new PlatformMismatchError(text, platform, [platformOfConfig(config)], 'image');
  }
  const { layers } = manifest;
  if (layers.length !== config.rootfs.diff_ids.length) {
    const declared = config.rootfs.diff_ids.length;
    throw new DocumentError(`image has ${layers.length} layers but its config lists ${declared}`);
  }
  return {
    root,
    manifestDigest,
    manifest,
    config,
    platform: platformOfConfig(config),
    layers,
    size: layers.reduce((sum, layer) => sum + layer.size, 0),
    openLayer: (layer, layerSignal) => repository.getBlob(layer, layerSignal),
  };
}
