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
import { cleanPath, TreePathError, type FileTree } from './file-tree.js';
import { applyEntries, isWhiteout, type LayerEntry } from './layer-entries.js';

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
  const entries = await readEntries(layer, options);
  try {
    applyEntries(tree, entries, { file: options.spoolFile });
  } catch (error) {
    if (error instanceof TreePathError) throw new DocumentError(`layer: ${error.message}`);
    throw error;
  }
}

/** What a layer says, its contents put into the spool file. @throws DocumentError as `applyLayer` does */
export async function readEntries(
  layer: Readable,
  options: ApplyLayerOptions,
): Promise<LayerEntry[]> {
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
  const entries: LayerEntry[] = [];
  try {
    await takeEntries(extract, spool, entries);
  } catch (error) {
    plain.destroy();
    hashed.destroy();
    throw error;
  } finally {
    await spool.close();
  }
  const actual = `sha256:${hash.digest('hex')}`;
  if (options.diffId !== undefined && actual !== options.diffId) {
    throw new DocumentError(`layer has diff id ${actual}, its config says ${options.diffId}`);
  }
  return entries;
}

async function takeEntries(
  extract: tar.Extract,
  spool: Spool,
  entries: LayerEntry[],
): Promise<void> {
  let count = 0;
  for await (const entry of extract) {
    if (++count > MAX_ENTRIES)
      throw new DocumentError(`layer has more than ${MAX_ENTRIES} entries`);
    const taken = await toEntry(entry, spool);
    if (taken) entries.push(taken);
    entry.resume();
  }
}

async function toEntry(entry: TarEntry, spool: Spool): Promise<LayerEntry | undefined> {
  const { header } = entry;
  const path = cleanPath(header.name);
  if (isWhiteout(path)) return { path, type: 'whiteout' };
  const attributes = {
    path,
    mode: header.mode & 0o7777,
    uid: header.uid,
    gid: header.gid,
    mtime: Math.floor(header.mtime.getTime() / 1000),
    ...xattrsOf(header.pax),
  };
  switch (header.type) {
    case 'link':
      return { path, type: 'link', target: header.linkname || '' };
    case 'directory':
      return { type: 'directory', ...attributes };
    case 'file':
    case 'contiguous-file':
      return { type: 'file', ...attributes, size: header.size, offset: await spool.add(entry) };
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

function xattrsOf(pax: unknown): { xattrs?: [string, string][] } {
  const found = Object.entries(isRecord(pax) ? pax : {}).flatMap(([name, value]) =>
    name.startsWith(XATTR) && typeof value === 'string' ? [[name, value] as const] : [],
  );
  if (found.length === 0) return {};
  return { xattrs: found.map(([name, value]) => [name.slice(XATTR.length), value]) };
}

/** One file that holds the contents of many. */
class Spool {
  readonly #file: string;
  #output: WriteStream | undefined;
  #offset = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** @returns where it begins */
  async add(content: AsyncIterable<unknown>): Promise<number> {
    const start = this.#offset;
    this.#output ??= createWriteStream(this.#file, { mode: 0o600 });
    for await (const chunk of content) {
      if (!Buffer.isBuffer(chunk)) continue;
      this.#offset += chunk.length;
      if (!this.#output.write(chunk)) await once(this.#output, 'drain');
    }
    return start;
  }

  async close(): Promise<void> {
    if (this.#output === undefined) return;
    this.#output.end();
    await finished(this.#output);
  }
}
