import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OciLayout } from '../../image/layout/oci-layout.js';
import { isRecord, DocumentError } from '../../oci/document.js';
import { digestHex, type Digest } from '../../oci/digest.js';
import { linkQuietly } from './build-cache.js';
import { layerIdentity, TreePathError, type FileTree } from './tree/file-tree.js';
import { applyEntries, type LayerEntry } from './tree/layer-entries.js';
import { readEntries } from './tree/layer-reader.js';
import type { WrittenLayer } from './tree/layer-writer.js';

const VERSION = 1;

/** A layer as it is kept. */
interface KeptLayer {
  /** Of all contents together. */
  size: number;
  entries: LayerEntry[];
}

/**
 * What layers hold, by diff id, kept from build to build: without it every build on an image would
 * decompress all of it, only to find out where its links lead. Contents are shared as hard links, so that
 * removal takes nothing from a running build. Losing it costs time and nothing else.
 */
export class UnpackedLayers {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Puts the files of a layer onto a tree.
   *
   * @param spoolDirectory of the build; takes the contents
   * @throws DocumentError when the layer is malformed or not what its diff id says
   */
  async apply(
    tree: FileTree,
    { descriptor, diffId }: WrittenLayer,
    { layout, spoolDirectory }: { layout: OciLayout; spoolDirectory: string },
  ): Promise<void> {
    const contentFile = path.join(spoolDirectory, `layer-${randomUUID()}`);
    let entries = await this.#find(diffId, contentFile);
    if (entries === undefined) {
      const options = { spoolFile: contentFile, diffId };
      entries = await readEntries(layout.openBlob(descriptor), options);
      await this.#keep(diffId, entries, contentFile);
    }
    try {
      applyEntries(tree, entries, { file: contentFile, identity: layerIdentity(diffId) });
    } catch (error) {
      if (error instanceof TreePathError) throw new DocumentError(`layer: ${error.message}`);
      throw error;
    }
  }

  async #find(diffId: Digest, contentFile: string): Promise<LayerEntry[] | undefined> {
    const { record, content } = this.#files(diffId);
    const kept = parseKept(await readFile(record, 'utf8').catch(() => ''));
    if (kept === undefined) return undefined;
    if (kept.size > 0) {
      if ((await sizeOf(content)) !== kept.size) return undefined;
      if (!(await linkQuietly(content, contentFile))) return undefined;
    }
    const now = new Date();
    await utimes(record, now, now).catch(() => undefined); // for the order in which files go
    await utimes(content, now, now).catch(() => undefined);
    return kept.entries;
  }

  /** The record last, once the bytes that it speaks of are on the disk. */
  async #keep(diffId: Digest, entries: LayerEntry[], contentFile: string): Promise<void> {
    const { record, content } = this.#files(diffId);
    await mkdir(this.#directory, { recursive: true });
    const size = await sizeOf(contentFile);
    if (size > 0) {
      const handle = await open(contentFile, 'r');
      await handle.sync().finally(() => handle.close());
      if ((await sizeOf(content)) !== size) await rm(content, { force: true }); // damaged
      await linkQuietly(contentFile, content);
    }
    const temporary = `${record}.${randomUUID()}`;
    try {
      await writeFile(temporary, JSON.stringify({ version: VERSION, size, entries }));
      await rename(temporary, record);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  #files(diffId: Digest): { record: string; content: string } {
    const name = path.join(this.#directory, digestHex(diffId));
    return { record: `${name}.json`, content: `${name}.data` };
  }
}

/** 0 when there is none. */
async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

function parseKept(text: string): KeptLayer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || value['version'] !== VERSION) return undefined;
    const { size, entries } = value;
    if (typeof size !== 'number' || !Array.isArray(entries)) return undefined;
    return { size, entries: entries as LayerEntry[] };
  } catch {
    return undefined; // absent or damaged: made again
  }
}
