import { createHash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Transform, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { once } from 'node:events';
import { Decompress } from 'fzstd';
import tar from 'tar-stream';
import type { Digest } from '../../../oci/digest.js';
import { DocumentError, isRecord } from '../../../oci/document.js';
import type { FileTree } from './file-tree.js';
import {
  cleanPath,
  newDirectory,
  TreePathError,
  type ContentRef,
  type TreeNode,
} from './file-tree.js';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
const XATTR = 'SCHILY.xattr.';
/** Names in one layer; far above any real image. */
const MAX_ENTRIES = 2_000_000;

/** Decompresses by what the bytes start with, not by what a media type says. */
export async function decompress(stream: Readable): Promise<Readable> {
  const first = await peek(stream);
  if (first.length >= 2 && first[0] === 0x1f && first[1] === 0x8b) {
    return forwardErrors(stream, stream.pipe(createGunzip()));
  }
  if (first.length >= 4 && first.readUInt32LE(0) === 0xfd2fb528) {
    return forwardErrors(stream, stream.pipe(zstdDecoder()));
  }
  return stream;
}

function forwardErrors(
  from: Readable,
  to: Transform | (Readable & NodeJS.WritableStream),
): Readable {
  from.on('error', (error) => {
    if ('destroy' in to) to.destroy(error);
  });
  return to;
}

/** The first bytes, left in the stream. */
async function peek(stream: Readable): Promise<Buffer> {
  for (;;) {
    const chunk: unknown = stream.read();
    if (Buffer.isBuffer(chunk)) {
      stream.unshift(chunk);
      return chunk;
    }
    if (stream.readableEnded || stream.destroyed) return Buffer.alloc(0);
    const ended = new AbortController();
    try {
      await Promise.race([
        once(stream, 'readable', { signal: ended.signal }),
        once(stream, 'end', { signal: ended.signal }),
      ]);
    } finally {
      ended.abort();
    }
  }
}

function zstdDecoder(): Transform {
  let emit: (chunk: Uint8Array) => void = () => undefined;
  const decoder = new Decompress((chunk) => {
    emit(chunk);
  });
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      emit = (output) => this.push(Buffer.from(output));
      try {
        decoder.push(chunk);
        done();
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
    flush(done) {
      try {
        decoder.push(new Uint8Array(0), true);
        done();
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });
}

type TarEntry = tar.Extract extends AsyncIterable<infer Entry> ? Entry : never;

export interface ApplyLayerOptions {
  /** File that takes the contents of the layer's files, one after another. */
  spoolFile: string;
  /** Of the uncompressed tar; checked at its end. */
  diffId?: Digest;
  /** Entries that are not taken, by clean path; for archives that someone uploaded. */
  onEntry?: (entryPath: string) => void;
}

/**
 * Reads a layer (plain, gzip or zstd) and puts its files onto the tree, whiteouts included.
 *
 * @throws DocumentError when the tar is malformed or its digest is not `diffId`.
 */
export async function applyLayer(
  tree: FileTree,
  layer: Readable,
  options: ApplyLayerOptions,
): Promise<void> {
  const hash = createHash('sha256');
  const plain = await decompress(layer);
  const hashed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const extract = tar.extract();
  plain.on('error', (error) => hashed.destroy(error));
  hashed.on('error', (error) => {
    extract.destroy(error);
  });
  plain.pipe(hashed).pipe(extract);
  const spool = new Spool(options.spoolFile);
  try {
    await applyEntries(tree, extract, spool, options);
  } catch (error) {
    plain.destroy();
    hashed.destroy();
    if (error instanceof TreePathError) throw new DocumentError(`layer: ${error.message}`);
    throw error;
  } finally {
    await spool.close();
  }
  const actual = `sha256:${hash.digest('hex')}`;
  if (options.diffId !== undefined && actual !== options.diffId) {
    throw new DocumentError(`layer has diff id ${actual}, its config says ${options.diffId}`);
  }
}

async function applyEntries(
  tree: FileTree,
  extract: tar.Extract,
  spool: Spool,
  options: ApplyLayerOptions,
): Promise<void> {
  let count = 0;
  for await (const entry of extract) {
    if (++count > MAX_ENTRIES)
      throw new DocumentError(`layer has more than ${MAX_ENTRIES} entries`);
    const where = cleanPath(entry.header.name);
    options.onEntry?.(where);
    const name = where.slice(where.lastIndexOf('/') + 1);
    if (name.startsWith(WHITEOUT)) applyWhiteout(tree, where, name);
    else await applyEntry(tree, where, entry, spool);
    entry.resume();
  }
}

function applyWhiteout(tree: FileTree, where: string, name: string): void {
  const directory = tree.resolve(where.slice(0, where.length - name.length));
  if (name !== OPAQUE) {
    tree.remove(`${directory}/${name.slice(WHITEOUT.length)}`);
    return;
  }
  const node = tree.lookup(directory);
  if (node?.type === 'directory') node.children.clear();
}

async function applyEntry(
  tree: FileTree,
  where: string,
  entry: TarEntry,
  spool: Spool,
): Promise<void> {
  const { header } = entry;
  const target = tree.resolveParents(where);
  if (header.type === 'link') {
    const linked = tree.lookup(cleanPath(header.linkname || ''));
    if (linked === undefined) throw new DocumentError(`hard link ${where} leads nowhere`);
    tree.set(target, linked);
    return;
  }
  const node = await toNode(entry, spool);
  if (node === undefined) return;
  const existing = target === '/' ? tree.root : tree.lookup(target);
  if (node.type === 'directory' && existing?.type === 'directory') {
    Object.assign(existing, { ...node, children: existing.children });
  } else tree.set(target, node);
}

async function toNode(entry: TarEntry, spool: Spool): Promise<TreeNode | undefined> {
  const { header } = entry;
  const attributes = {
    mode: header.mode & 0o7777,
    uid: header.uid,
    gid: header.gid,
    mtime: Math.floor(header.mtime.getTime() / 1000),
    ...xattrsOf(header.pax),
  };
  switch (header.type) {
    case 'directory':
      return newDirectory(attributes);
    case 'file':
    case 'contiguous-file':
      return {
        type: 'file',
        ...attributes,
        size: header.size,
        content: await spool.add(entry),
      };
    case 'symlink':
      return { type: 'symlink', ...attributes, target: header.linkname || '' };
    case 'character-device':
    case 'block-device':
    case 'fifo': {
      const { type, devmajor, devminor } = header;
      return { type, ...attributes, major: devmajor, minor: devminor };
    }
    default:
      return undefined;
  }
}

function xattrsOf(pax: unknown): { xattrs?: Map<string, string> } {
  const found = Object.entries(isRecord(pax) ? pax : {}).flatMap(([name, value]) =>
    name.startsWith(XATTR) && typeof value === 'string' ? [[name, value] as const] : [],
  );
  if (found.length === 0) return {};
  return { xattrs: new Map(found.map(([name, value]) => [name.slice(XATTR.length), value])) };
}

/** One file that holds the contents of many. */
class Spool {
  readonly #file: string;
  #output: WriteStream | undefined;
  #offset = 0;

  constructor(file: string) {
    this.#file = file;
  }

  async add(content: AsyncIterable<unknown>): Promise<ContentRef> {
    const reference = { file: this.#file, offset: this.#offset };
    this.#output ??= createWriteStream(this.#file, { mode: 0o600 });
    for await (const chunk of content) {
      if (!Buffer.isBuffer(chunk)) continue;
      this.#offset += chunk.length;
      if (!this.#output.write(chunk)) await once(this.#output, 'drain');
    }
    return reference;
  }

  async close(): Promise<void> {
    if (this.#output === undefined) return;
    this.#output.end();
    await finished(this.#output);
  }
}
