import jsonc from 'jsonc-parser';
import type { Descriptor } from '../descriptor.js';
import { digestOf, type Digest } from '../digest.js';
import { DocumentError } from '../document.js';
import { MAX_MANIFEST_BYTES, parseManifest, type ImageIndex } from '../manifest.js';

/** e.g. `['manifests', 2, 'platform', 'variant']` */
export type JsonPath = (string | number)[];

/**
 * An index and its text. An edit makes a new one in which every byte is as it was that the edit is not
 * about: the other entries, fields that are not known here, indentation.
 */
export class IndexDocument {
  readonly text: string;
  readonly mediaType: string;
  readonly index: ImageIndex;

  private constructor(text: string, mediaType: string, index: ImageIndex) {
    this.text = text;
    this.mediaType = mediaType;
    this.index = index;
  }

  /**
   * @param mediaType as it was sent; see `parseManifest`
   * @throws DocumentError when the bytes are no index
   */
  static parse(bytes: Uint8Array, mediaType = ''): IndexDocument {
    const parsed = parseManifest(bytes, mediaType);
    if (parsed.kind !== 'index') throw new DocumentError(`${parsed.mediaType} is not an index`);
    return new IndexDocument(Buffer.from(bytes).toString('utf8'), parsed.mediaType, parsed.index);
  }

  /** A new index, without blanks between its fields. */
  static create(mediaType: string, manifests: readonly Descriptor[]): IndexDocument {
    return fromText(JSON.stringify({ schemaVersion: 2, mediaType, manifests }), mediaType);
  }

  get entries(): readonly Descriptor[] {
    return this.index.manifests;
  }

  /** @throws RangeError when there is no such position */
  entry(position: number): Descriptor {
    const entry = this.entries[position];
    if (entry === undefined) throw noEntry(position);
    return entry;
  }

  get bytes(): Buffer {
    return Buffer.from(this.text);
  }

  get digest(): Digest {
    return digestOf(this.bytes);
  }

  /** Sets a field, or removes it when `value` is undefined. */
  set(path: JsonPath, value: unknown): IndexDocument {
    return this.#edit(path, value, false);
  }

  /** Adds an entry at the end. */
  append(entry: Descriptor): IndexDocument {
    return this.#edit(['manifests', this.entries.length], entry, true);
  }

  /** Removes an entry and the comma that parted it from another. */
  remove(position: number): IndexDocument {
    const tree = jsonc.parseTree(this.text);
    const list = tree && jsonc.findNodeAtLocation(tree, ['manifests']);
    const [before, node, after] = [-1, 0, 1].map((step) => list?.children?.[position + step]);
    if (list === undefined || node === undefined) throw noEntry(position);
    const from = before ? endOf(before) : after ? node.offset : list.offset + 1;
    const to = before ? endOf(node) : after ? after.offset : endOf(list) - 1;
    const result = fromText(this.text.slice(0, from) + this.text.slice(to), this.mediaType);
    if (result.entries.length === this.entries.length) throw namedTwice('manifests');
    return result;
  }

  withMediaType(mediaType: string): IndexDocument {
    if (mediaType === this.mediaType) return this;
    const edited = applyEdit(this.text, ['mediaType'], mediaType, false);
    return fromText(edited, mediaType);
  }

  #edit(path: JsonPath, value: unknown, isArrayInsertion: boolean): IndexDocument {
    return fromText(applyEdit(this.text, path, value, isArrayInsertion), this.mediaType);
  }
}

function endOf(node: jsonc.Node): number {
  return node.offset + node.length;
}

function noEntry(position: number): RangeError {
  return new RangeError(`the index has no entry at ${position}`);
}

function fromText(text: string, mediaType: string): IndexDocument {
  const bytes = Buffer.from(text);
  if (bytes.length > MAX_MANIFEST_BYTES) {
    throw new DocumentError(
      `the index would have ${bytes.length} bytes; registries take ${MAX_MANIFEST_BYTES} at most`,
    );
  }
  return IndexDocument.parse(bytes, mediaType);
}

function applyEdit(
  text: string,
  path: JsonPath,
  value: unknown,
  isArrayInsertion: boolean,
): string {
  const edits = jsonc.modify(text, path, value, { isArrayInsertion, ...formattingOf(text) });
  const edited = jsonc.applyEdits(text, edits);
  requireEdited(edited, path, value);
  return edited;
}

/** What is added looks like what is there. */
function formattingOf(text: string): jsonc.ModificationOptions {
  const indentation = /\n([ \t]+)"/.exec(text)?.[1];
  if (indentation === undefined) return {};
  const insertSpaces = !indentation.startsWith('\t');
  return { formattingOptions: { tabSize: indentation.length, insertSpaces, eol: '\n' } };
}

/** A document that names a field twice is edited in one place and read from the other. */
function requireEdited(text: string, path: JsonPath, value: unknown): void {
  if (value === undefined) return;
  let found: unknown = JSON.parse(text);
  for (const step of path) found = (found as Record<string | number, unknown> | undefined)?.[step];
  if (JSON.stringify(found) !== JSON.stringify(value)) {
    throw namedTwice(path.join('.'));
  }
}

function namedTwice(field: string): DocumentError {
  return new DocumentError(`the index names "${field}", or what holds it, twice`);
}
