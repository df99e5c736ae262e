import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Header } from 'tar-stream';
import { codeOf } from '../../../base/failure.js';
import { digestHex, type Digest } from '../../../oci/digest.js';
import type { ImageSource, UnpackedImage } from '../../runtime.js';
import { removeTree } from '../../../storage/remove-tree.js';
import { WorkDirectory } from '../../../storage/work-directory.js';
import { LayerExtractor, type LayerNotes } from './extract.js';
import { makeOverlayNodes, type LayerFormat } from './overlay-nodes.js';
import { readLayer } from './read-layer.js';
import { sharedWork } from '../../../base/shared-work.js';

/** Enough hex that two layers do not meet, short enough that 127 of them fit one mount's options. */
const NAME_LENGTH = 20;
/** `layer.json` beside an unpacked layer's `fs/`. */
export interface LayerRecord extends LayerNotes {
  diffId: Digest;
}

export interface LayerStoreOptions {
  /** Folder of such stores alone; those of several processes may share it. */
  directory: string;
  format: LayerFormat;
  /** The helper program; without it named pipes are left out and `format` must be `'plain'`. */
  cell?: string;
}

/** Unpacked layers by diff id: each is unpacked once, complete or absent, and shared by images. */
export class LayerStore {
  readonly directory: string;
  readonly format: LayerFormat;
  /** Of the processes that use the store; on its file system. */
  readonly #workDirectory: string;
  #work: Promise<WorkDirectory> | undefined;
  readonly #cell: string | undefined;
  readonly #privileged = process.geteuid?.() === 0;
  readonly #shared = sharedWork<string>();

  constructor(options: LayerStoreOptions) {
    this.directory = join(options.directory, options.format);
    this.#workDirectory = join(options.directory, 'work');
    this.format = options.format;
    this.#cell = options.cell;
  }

  /** Clears away what processes that have ended left half done. */
  async open(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await (this.#work ??= WorkDirectory.open(this.#workDirectory, new Date()));
  }

  /** A new folder beside the layers; what is still there when the store is closed goes. */
  async scratch(): Promise<string> {
    const work = await (this.#work ??= WorkDirectory.open(this.#workDirectory, new Date()));
    const directory = work.path(randomBytes(4).toString('hex'));
    await mkdir(directory, { mode: 0o700 });
    return directory;
  }

  async close(): Promise<void> {
    const work = this.#work;
    this.#work = undefined;
    await (await work?.catch(() => undefined))?.remove();
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
      layerPaths.push(await this.#shared(diffId, unpackThis, signal));
    }
    const size = image.layers.reduce((sum, layer) => sum + layer.size, 0);
    return { manifestDigest: image.manifestDigest, config: image.config, layerPaths, size };
  }

  /** Removes layers that were last asked for before a time and are not in use; returns how many. */
  async prune(before: Date, inUse: Iterable<string>): Promise<number> {
    const names = new Set([...inUse].map((path) => basename(dirname(path))));
    let removed = 0;
    for (const name of await readdir(this.directory)) {
      if (names.has(name)) continue;
      const used = await stat(join(this.directory, name, 'layer.json')).catch(() => undefined);
      if (used && used.mtime >= before) continue;
      // Out of the way first, so that a half-removed layer is never taken for a whole one.
      const doomed = await this.scratch();
      await rename(join(this.directory, name), join(doomed, name));
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
    if (existing?.diffId === diffId) {
      const now = new Date();
      await utimes(join(final, 'layer.json'), now, now); // see `prune`
      return join(final, 'fs');
    }
    if (existing) throw new Error(`layer folder ${final} holds another layer: ${existing.diffId}`);
    const scratch = await this.scratch();
    try {
      const root = join(scratch, 'fs');
      await mkdir(root, { mode: 0o755 });
      const notes = await extractLayer(await open(), diffId, root, this.#privileged, signal);
      if (this.#cell) await makeOverlayNodes(this.#cell, root, notes, this.format);
      await this.#settle(scratch, { diffId, ...notes });
    } finally {
      await removeTree(scratch);
    }
    return join(final, 'fs');
  }

  /**
   * Makes a folder of ours the layer of a diff id.
   *
   * @param scratch has the layer's files in `fs`, and nothing else
   * @returns whether it moved; otherwise the layer is there already, from another process
   */
  async adopt(scratch: string, record: LayerRecord): Promise<string | undefined> {
    const moved = await this.#settle(scratch, record);
    return moved ? join(this.directory, layerName(record.diffId), 'fs') : undefined;
  }

  async #settle(scratch: string, record: LayerRecord): Promise<boolean> {
    await writeFile(join(scratch, 'layer.json'), JSON.stringify(record));
    try {
      await rename(scratch, join(this.directory, layerName(record.diffId)));
      return true;
    } catch (error) {
      // Another process was first; its layer has the same bytes.
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
      return false;
    }
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
  const addEntry = (header: Header, body: AsyncIterable<unknown>) => extractor.add(header, body);
  await readLayer(compressed, diffId, addEntry, signal);
  extractor.finish();
  return extractor.notes;
}
