import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import {
  DocumentError,
  optionalDescriptor,
  optionalString,
  optionalStringMap,
  parseDescriptor,
  parseJsonObject,
  requireArray,
} from '../oci/document.js';
import { MAX_MANIFEST_BYTES, parseManifest } from '../oci/manifest.js';
import type { ImageIndex, ImageManifest } from '../oci/manifest.js';
import { isForeignLayer } from '../oci/media-types.js';
import { refuse } from './errors.js';

/** What the registry needs to know of a manifest; the bytes themselves are kept as they came. */
export interface ManifestSummary {
  mediaType: string;
  config?: Descriptor;
  /** Config and layers, those left out that are pulled from elsewhere. */
  blobs: Descriptor[];
  /** Layers that may be pulled from elsewhere; a client may push them nevertheless. */
  foreignBlobs?: Descriptor[];
  /** Children of an index. */
  manifests: Descriptor[];
  subject?: Descriptor;
  artifactType?: string;
  annotations?: Record<string, string>;
  /** Bytes of config and layers; 0 for an index. */
  imageSize: number;
}

/** Manifests of a subject that came before image manifests could have one. */
const ARTIFACT_MEDIA_TYPES = new Set([
  'application/vnd.oci.artifact.manifest.v1+json',
  'application/vnd.cncf.oras.artifact.manifest.v1+json',
]);
const MAX_ARTIFACT_BLOBS = 20_000;

/**
 * @param contentType as the client declared it
 * @throws DocumentError, RegistryError MANIFEST_INVALID
 */
export function summarize(bytes: Buffer, contentType: string): ManifestSummary {
  const parsed = parseManifest(bytes, contentType);
  switch (parsed.kind) {
    case 'image':
      return summarizeImage(parsed.mediaType, parsed.manifest);
    case 'index':
      return summarizeIndex(parsed.mediaType, parsed.index);
    case 'other':
      if (ARTIFACT_MEDIA_TYPES.has(parsed.mediaType)) {
        return summarizeArtifact(parsed.mediaType, bytes);
      }
      throw refuse.invalidManifest(`manifests of type ${parsed.mediaType} are not supported`);
  }
}

function summarizeImage(mediaType: string, manifest: ImageManifest): ManifestSummary {
  const all = [manifest.config, ...manifest.layers];
  const foreignBlobs = all.filter(({ mediaType: type }) => isForeignLayer(type));
  return {
    mediaType,
    config: manifest.config,
    blobs: all.filter((one) => !foreignBlobs.includes(one)),
    ...(foreignBlobs.length > 0 && { foreignBlobs }),
    manifests: [],
    ...(manifest.subject && { subject: manifest.subject }),
    // The config's media type stands in for a type that was not given.
    artifactType: manifest.artifactType ? manifest.artifactType : manifest.config.mediaType,
    ...(manifest.annotations && { annotations: manifest.annotations }),
    imageSize: all.reduce((sum, { size }) => sum + size, 0),
  };
}

function summarizeIndex(mediaType: string, index: ImageIndex): ManifestSummary {
  return {
    mediaType,
    blobs: [],
    manifests: index.manifests,
    ...(index.subject && { subject: index.subject }),
    ...(index.artifactType && { artifactType: index.artifactType }),
    ...(index.annotations && { annotations: index.annotations }),
    imageSize: 0,
  };
}

function summarizeArtifact(mediaType: string, bytes: Buffer): ManifestSummary {
  const document = parseJsonObject(bytes, 'manifest', MAX_MANIFEST_BYTES);
  const inside = optionalString(document, 'mediaType', 'manifest');
  if (inside !== undefined && inside !== mediaType) {
    throw new DocumentError(`manifest was sent as ${mediaType} but says of itself ${inside}`);
  }
  const entries = document['blobs'] ?? [];
  const list = requireArray({ blobs: entries }, 'blobs', 'manifest', MAX_ARTIFACT_BLOBS);
  const blobs = list.map((blob, at) => parseDescriptor(blob, `manifest.blobs[${at}]`));
  const subject = optionalDescriptor(document, 'subject', 'manifest');
  const artifactType = optionalString(document, 'artifactType', 'manifest');
  const annotations = optionalStringMap(document, 'annotations', 'manifest');
  return {
    mediaType,
    blobs,
    manifests: [],
    ...(subject && { subject }),
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations && { annotations }),
    imageSize: blobs.reduce((sum, { size }) => sum + size, 0),
  };
}

/** The entry of a referrers list. */
export function referrerDescriptor(
  digest: Digest,
  size: number,
  summary: ManifestSummary,
): Descriptor {
  return {
    mediaType: summary.mediaType,
    digest,
    size,
    ...(summary.artifactType !== undefined && { artifactType: summary.artifactType }),
    ...(summary.annotations && { annotations: summary.annotations }),
  };
}
