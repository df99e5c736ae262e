import { parseDigest, type Digest } from '../../oci/digest.js';
import {
  DocumentError,
  isRecord,
  optionalString,
  parseJsonObject,
  requireArray,
} from '../../oci/document.js';
import { IndexDocument } from '../../oci/index/index-document.js';
import { MAX_MANIFEST_BYTES } from '../../oci/manifest.js';
import { formatReference, parseReference, type Reference } from '../../oci/reference.js';

/** What an entry of the draft was named by when it was taken in. */
export interface DraftSource {
  reference: Reference;
  digest: Digest;
}

/** An index that is not pushed yet. */
export interface IndexDraft {
  /** Where it will be pushed; it has a tag. */
  target: Reference;
  document: IndexDocument;
  /** Of the entries that did not come with the index at `target`. */
  sources: readonly DraftSource[];
  /** What `target` meant when the draft was begun from it; absent for a draft that began empty. */
  base?: Digest;
}

const VERSION = 1;
/** An index, quoted once more, and a line for each source. */
const MAX_DRAFT_BYTES = 4 * MAX_MANIFEST_BYTES;

export function formatDraft(draft: IndexDraft): string {
  return JSON.stringify({
    version: VERSION,
    target: formatReference(draft.target),
    base: draft.base,
    sources: draft.sources.map(({ reference, digest }) => ({
      reference: formatReference(reference),
      digest,
    })),
    mediaType: draft.document.mediaType,
    index: draft.document.text,
  });
}

/** @throws DocumentError when the bytes are no draft that `formatDraft` wrote */
export function parseDraft(bytes: Uint8Array): IndexDraft {
  const document = parseJsonObject(bytes, 'draft', MAX_DRAFT_BYTES);
  if (document['version'] !== VERSION) throw new DocumentError('draft.version is not 1');
  const index = Buffer.from(optionalString(document, 'index', 'draft') ?? '');
  const base = optionalString(document, 'base', 'draft');
  const sources = requireArray(document, 'sources', 'draft', MAX_DRAFT_BYTES);
  return {
    target: readReference(document['target']),
    document: IndexDocument.parse(index, optionalString(document, 'mediaType', 'draft')),
    sources: sources.map(readSource),
    ...(base !== undefined && { base: readDigest(base) }),
  };
}

function readSource(value: unknown): DraftSource {
  if (!isRecord(value)) throw new DocumentError('draft.sources holds something else');
  return { reference: readReference(value['reference']), digest: readDigest(value['digest']) };
}

function readReference(value: unknown): Reference {
  const reference = typeof value === 'string' ? parseReference(value) : undefined;
  if (reference === undefined) throw new DocumentError('draft holds a malformed reference');
  return reference;
}

function readDigest(value: unknown): Digest {
  const digest = typeof value === 'string' ? parseDigest(value) : undefined;
  if (digest === undefined) throw new DocumentError('draft holds a malformed digest');
  return digest;
}
