import { createHash, randomBytes, type Hash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract as tarExtract } from 'tar-stream';
import { codeOf } from '../../../base/failure.js';
import { digestAlgorithm, digestHex, type Digest } from '../../../oci/digest.js';
import { UnsafeEntryError } from '../../../oci/layer/entry-path.js';
import type { ImageSource, UnpackedImage } from '../../runtime.js';
import { removeTree } from '../remove-tree.js';
import { compressionOf, decompressor } from './decompress.js';
import { LayerExtractor, type LayerNotes } from './extract.js';
import { makeOverlayNodes, type LayerFormat } from './overlay-nodes.js';
import { sharedWork } from './shared-work.js';

/** Enough hex that two layers do not meet, short enough that 127 of them fit one mount's options. */
const NAME_LENGTH = 20;
/** Bytes that tell gzip from zstd from neither. */
const MAGIC_BYTES = 4;
/** No sane layer is larger; a compressed bomb is. */
const MAX_LAYER_BYTES = 32 * 1024 ** 3;

/** `layer.json` beside an unpacked layer's `fs/`. */
export interface LayerRecord extends LayerNotes {
  diffId: Digest;
}

export interface LayerStoreOptions {
  /** Folder of this store alone. */
  directory: string;
  format: LayerFormat;
  /** The helper program; without it named pipes are left out and `format` must be `'plain'`. */
  cell?: string;
}

/** A layer whose bytes are not what the image's config says they are. */
export class LayerMismatchError extends Error {
  constructor(expected: Digest, actual: string) {
    super(`layer does not match the image config: diff id ${expected} expected, ${actual} found`);
    this.name = 'LayerMismatchError';
  }
}

/** Unpacked layers by diff id: each is unpacked once, complete or absent, and shared by images. */
export class LayerStore {
  readonly directory: string;
  readonly format: LayerFormat;
  readonly #cell: string | undefined;
  readonly #privileged = process.geteuid?.() === 0;
  readonly #work = sharedWork<string>();

  constructor(options: LayerStoreOptions) {
    this.directory = join(options.directory, options.format);
    this.format = options.format;
    this.#cell = options.cell;
  }

  async open(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.directory)) {
      if (name.startsWith('tmp-')) await removeTree(join(this.directory, name));
    }
  }

  /** @throws LayerMismatchError, UnsafeEntryError, or what reading the layer throws. */
  async unpack(image: ImageSource, signal?: AbortSignal): Promise<UnpackedImage> {
    const diffIds = image.config.rootfs.diff_ids;
    if (diffIds.length !== image.layers.length) {
      throw new Error(
        `image ${image.manifestDigest} has ${image.layers.length} layers but ${diffIds.length} diff ids`,
      );
    }
    const layerPaths: string[] = [];
    for (const [index, diffId] of diffIds.entries()) {
      const descriptor = image.layers[index];
      if (!descriptor) continue;
      const unpackThis = (inner: AbortSignal) =>
        this.#unpackLayer(diffId, () => image.openLayer(descriptor, inner), inner);
      layerPaths.push(await this.#work(diffId, unpackThis, signal));
    }
    const size = image.layers.reduce((sum, layer) => sum + layer.size, 0);
    return { manifestDigest: image.manifestDigest, config: image.config, layerPaths, size };
  }

  /** Removes layers that are not among these; returns how many. */
  async prune(keep: Iterable<Digest>, inUse: Iterable<string>): Promise<number> {
    const names = new Set([...keep].map(layerName));
    for (const path of inUse) names.add(basename(dirname(path)));
    let removed = 0;
    for (const name of await readdir(this.directory)) {
      if (names.has(name) || name.startsWith('tmp-')) continue;
      // Out of the way first, so that a half-removed layer is never taken for a whole one.
      const doomed = join(this.directory, `tmp-${randomBytes(6).toString('hex')}`);
      await rename(join(this.directory, name), doomed);
      await removeTree(doomed);
      removed += 1;
    }
    return removed;
  }

  async #unpackLayer(
    diffId: Digest,
    open: () => Promise<Readable>,
    signal: AbortSignal,
  ): Promise<string> {
    const final = join(this.directory, layerName(diffId));
    const existing = await readLayerRecord(join(final, 'fs'));
    if (existing?.diffId === diffId) return join(final, 'fs');
    if (existing) throw new Error(`layer folder ${final} holds another layer: ${existing.diffId}`);
    const scratch = join(this.directory, `tmp-${randomBytes(6).toString('hex')}`);
    try {
      const root = join(scratch, 'fs');
      await mkdir(root, { recursive: true, mode: 0o755 });
      const notes = await extractLayer(await open(), diffId, root, this.#privileged, signal);
      if (this.#cell) await makeOverlayNodes(this.#cell, root, notes, this.format);
      const record: LayerRecord = { diffId, ...notes };
      await writeFile(join(scratch, 'layer.json'), JSON.stringify(record));
      await rename(scratch, final).catch((error: unknown) => {
        // Another process was first; its layer has the same bytes.
        if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
      });
    } finally {
      await removeTree(scratch);
    }
    return join(final, 'fs');
  }
}

function layerName(diffId: Digest): string {
  return digestHex(diffId).slice(0, NAME_LENGTH);
}

/** The record of a layer that was unpacked to `path`; undefined for any other directory. */
export async function readLayerRecord(path: string): Promise<LayerRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(dirname(path), 'layer.json'), 'utf8')) as LayerRecord;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function extractLayer(
  compressed: Readable,
  diffId: Digest,
  root: string,
  privileged: boolean,
  signal: AbortSignal,
): Promise<LayerNotes> {
  const extractor = new LayerExtractor(root, privileged);
  const hash = createHash(digestAlgorithm(diffId));
  const { head, whole } = await sniff(compressed);
  const tar = tarExtract();
  const unpacking = (async () => {
    for await (const entry of tar) await extractor.add(entry.header, entry);
  })();
  const feeding = pipeline(whole, decompressor(compressionOf(head)), hashing(hash), tar, {
    signal,
  });
  await settleBoth(unpacking, feeding);
  const actual = `${digestAlgorithm(diffId)}:${hash.digest('hex')}`;
  if (actual !== diffId) throw new LayerMismatchError(diffId, actual);
  extractor.finish();
  return extractor.notes;
}

/** Waits for both; an entry's own refusal explains more than the pipeline that it broke. */
async function settleBoth(unpacking: Promise<void>, feeding: Promise<void>): Promise<void> {
  const [unpacked, fed] = await Promise.allSettled([unpacking, feeding]);
  if (unpacked.status === 'rejected' && unpacked.reason instanceof UnsafeEntryError) {
    throw unpacked.reason;
  }
  if (fed.status === 'rejected' && codeOf(fed.reason) !== 'ERR_STREAM_PREMATURE_CLOSE') {
    throw fed.reason;
  }
  if (unpacked.status === 'rejected') throw unpacked.reason;
  if (fed.status === 'rejected') throw fed.reason;
}

/** Reads until the compression shows, and gives back a stream of all bytes. */
async function sniff(
  stream: Readable,
): Promise<{ head: Buffer; whole: () => AsyncGenerator<Buffer> }> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head = Buffer.alloc(0);
  while (head.length < MAGIC_BYTES) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    try {
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    } finally {
      stream.destroy();
    }
  };
  return { head, whole };
}

function hashing(hash: Hash): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      hash.update(chunk);
      if (total > MAX_LAYER_BYTES) done(new Error(`layer is larger than ${MAX_LAYER_BYTES} bytes`));
      else done(null, chunk);
    },
  });
}
