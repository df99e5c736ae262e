import type { Descriptor } from './descriptor.js';
import {
  DocumentError,
  optionalDescriptor,
  optionalString,
  optionalStringMap,
  parseDescriptor,
  parseJsonObject,
  requireArray,
  type JsonRecord,
} from './document.js';
import { isImageManifestMediaType, isIndexMediaType, MEDIA_TYPE } from './media-types.js';

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md */
export interface ImageManifest {
  schemaVersion: 2;
  mediaType?: string;
  artifactType?: string;
  config: Descriptor;
  /** Base layer first. */
  layers: Descriptor[];
  subject?: Descriptor;
  annotations?: Record<string, string>;
}

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md */
export interface ImageIndex {
  schemaVersion: 2;
  mediaType?: string;
  artifactType?: string;
  manifests: Descriptor[];
  subject?: Descriptor;
  annotations?: Record<string, string>;
}

/** A manifest is held in memory whole; registries refuse larger ones too. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** No image has so many; a list this long is meant to hurt. */
const MAX_ENTRIES = 20_000;

/** `other` is a document of a type that is neither: a schema 1 manifest, an artifact of some other kind. */
export type ParsedManifest =
  | { kind: 'image'; mediaType: string; manifest: ImageManifest }
  | { kind: 'index'; mediaType: string; index: ImageIndex }
  | { kind: 'other'; mediaType: string };

/**
 * Reads a manifest that came from somewhere else.
 *
 * @param mediaType as declared by whoever sent it, parameters allowed; when it says nothing
 *   (`''`, `application/json`), the document's own `mediaType` or its shape decides.
 * @throws DocumentError when it is not JSON, too large, too deep, or not what its type says.
 */
export function parseManifest(bytes: Uint8Array, mediaType = ''): ParsedManifest {
  const document = parseJsonObject(bytes, 'manifest', MAX_MANIFEST_BYTES);
  const type = effectiveMediaType(document, mediaType);
  const inside = optionalString(document, 'mediaType', 'manifest');
  if (isIndexMediaType(type)) {
    requireSameType(type, inside);
    return { kind: 'index', mediaType: type, index: parseIndex(document) };
  }
  if (isImageManifestMediaType(type)) {
    requireSameType(type, inside);
    return { kind: 'image', mediaType: type, manifest: parseImage(document) };
  }
  return { kind: 'other', mediaType: type };
}

const SAYS_NOTHING = new Set(['', 'application/json', 'application/octet-stream', 'text/plain']);

function effectiveMediaType(document: JsonRecord, declared: string): string {
  const base = (declared.split(';')[0] ?? '').trim().toLowerCase();
  if (!SAYS_NOTHING.has(base)) return base;
  const own = document['mediaType'];
  if (typeof own === 'string' && own !== '') return own;
  if (document['schemaVersion'] === 2 && Array.isArray(document['manifests'])) {
    return MEDIA_TYPE.ociIndex;
  }
  if (document['schemaVersion'] === 2 && typeof document['config'] === 'object') {
    return MEDIA_TYPE.ociManifest;
  }
  return base === '' ? 'application/json' : base;
}

/** One document must not be read as an image by one client and as an index by the next. */
function requireSameType(declared: string, inside: string | undefined): void {
  if (inside !== undefined && inside !== declared) {
    throw new DocumentError(
      `manifest was sent as ${declared} but says of itself that it is ${inside}`,
    );
  }
}

function parseImage(document: JsonRecord): ImageManifest {
  requireSchemaVersion(document);
  if ('manifests' in document) throw new DocumentError('image manifest has a list of "manifests"');
  const layers = requireArray(document, 'layers', 'manifest', MAX_ENTRIES);
  return {
    schemaVersion: 2,
    ...commonFields(document),
    config: parseDescriptor(document['config'], 'manifest.config'),
    layers: layers.map((layer, index) => parseDescriptor(layer, `manifest.layers[${index}]`)),
  };
}

function parseIndex(document: JsonRecord): ImageIndex {
  requireSchemaVersion(document);
  if ('layers' in document) throw new DocumentError('index has "layers", which only images have');
  const entries = requireArray(document, 'manifests', 'index', MAX_ENTRIES);
  return {
    schemaVersion: 2,
    ...commonFields(document),
    manifests: entries.map((entry, index) => parseDescriptor(entry, `index.manifests[${index}]`)),
  };
}

function requireSchemaVersion(document: JsonRecord): void {
  if (document['schemaVersion'] !== 2) {
    const found =
      'schemaVersion' in document ? JSON.stringify(document['schemaVersion']) : 'missing';
    throw new DocumentError(`schemaVersion is ${found}, not 2`);
  }
}

function commonFields(document: JsonRecord) {
  const mediaType = optionalString(document, 'mediaType', 'manifest');
  const artifactType = optionalString(document, 'artifactType', 'manifest');
  const subject = optionalDescriptor(document, 'subject', 'manifest');
  const annotations = optionalStringMap(document, 'annotations', 'manifest');
  return {
    ...(mediaType !== undefined && { mediaType }),
    ...(artifactType !== undefined && { artifactType }),
    ...(subject !== undefined && { subject }),
    ...(annotations !== undefined && { annotations }),
  };
}
