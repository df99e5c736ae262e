import { Failure } from '../../base/failure.js';
import type { Descriptor } from '../descriptor.js';
import { isIndexMediaType, MEDIA_TYPE } from '../media-types.js';
import type { IndexDocument } from './index-document.js';

export const INDEX_FORMATS = ['oci', 'docker'] as const;
export type IndexFormat = (typeof INDEX_FORMATS)[number];

const FORMAT_TYPE: Readonly<Record<IndexFormat, string>> = {
  oci: MEDIA_TYPE.ociIndex,
  docker: MEDIA_TYPE.dockerManifestList,
};

/** A Docker manifest list when all entries are Docker's own, else an OCI index; `format` overrules. */
export function indexMediaType(entries: readonly Descriptor[], format?: IndexFormat): string {
  if (format !== undefined) return FORMAT_TYPE[format];
  const isDocker = entries.length > 0 && entries.every(isDockerEntry);
  return FORMAT_TYPE[isDocker ? 'docker' : 'oci'];
}

function isDockerEntry({ mediaType }: Descriptor): boolean {
  return mediaType === MEDIA_TYPE.dockerManifest;
}

/**
 * A manifest list can say less than an index can.
 *
 * @throws Failure when the document holds what its type has no place for
 */
export function requireExpressible(document: IndexDocument): IndexDocument {
  if (document.mediaType !== MEDIA_TYPE.dockerManifestList) return document;
  const { annotations, artifactType, subject } = document.index;
  if (annotations ?? artifactType ?? subject) throw notInList('annotations, a type or a subject');
  for (const entry of document.entries) {
    if (!isDockerEntry(entry)) throw notInList(`${entry.digest}, a ${kindOf(entry)}`);
    if (entry.annotations ?? entry.artifactType) throw notInList('annotations of its entries');
    if (!entry.platform?.os || !entry.platform.architecture) {
      throw notInList(`${entry.digest}, which names no platform`);
    }
  }
  return document;
}

function kindOf({ mediaType }: Descriptor): string {
  if (isIndexMediaType(mediaType)) return 'list itself';
  return mediaType === MEDIA_TYPE.ociManifest ? 'manifest in OCI format' : mediaType;
}

function notInList(what: string): Failure {
  return new Failure(`a Docker manifest list cannot hold ${what}`, {
    why: 'its schema has no place for that, and older clients would stumble over it',
    help: 'make it an OCI index with --format oci',
  });
}
