import { createHash, randomUUID } from 'node:crypto';
import {
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../base/failure.js';
import { isRecord, parseDescriptor } from '../../oci/document.js';
import { digestHex, parseDigest, type Digest } from '../../oci/digest.js';
import type { OciLayout } from '../../image/layout/oci-layout.js';
import type { WrittenLayer } from './tree/layer-writer.js';

/** What an earlier build came to at the same point: a layer, or that nothing changed. */
export type CachedStep = { layer: WrittenLayer | undefined };

/** Folder of what layers hold, see `UnpackedLayers`; it counts as cached blobs do. */
export const UNPACKED = 'unpacked';

/** Cached blobs may take this much of the disk; the ones used longest ago go first. */
const DEFAULT_MAX_BYTES = 10 * 1024 ** 3;

/** The key of a step: everything that its outcome depends on. */
export function cacheKey(parts: unknown): string {
  return createHash('sha256')
    .update(`v1\n${JSON.stringify(parts)}`)
    .digest('hex');
}

/**
 * Layers of earlier builds, by what they were made from. Blobs are shared with layouts as hard links, so
 * builds at the same time do not get in each other's way and removal takes nothing from a running one.
 */
export class BuildCache {
  readonly #directory: string;
  readonly #maxBytes: number;

  constructor(directory: string, maxBytes = DEFAULT_MAX_BYTES) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  /** The outcome stored under a key, its blob linked into the layout. */
  async find(key: string, layout: OciLayout): Promise<CachedStep | undefined> {
    const step = parseStep(await readFile(this.#record(key), 'utf8').catch(() => ''));
    if (step?.layer === undefined) return step;
    const { digest, size } = step.layer.descriptor;
    return (await this.takeBlob(digest, size, layout)) ? step : undefined;
  }

  async store(key: string, step: CachedStep, layout: OciLayout): Promise<void> {
    if (step.layer) await this.keepBlob(step.layer.descriptor.digest, layout);
    await this.#write(this.#record(key), JSON.stringify(step));
  }

  /**
   * When an image was made first: a build that changes nothing makes the same image, as with Docker.
   *
   * @param key of everything in it but the times
   */
  async firstTime(key: string, now: number): Promise<number> {
    const record = this.#record(key);
    const known = Number(await readFile(record, 'utf8').catch(() => ''));
    if (Number.isSafeInteger(known) && known > 0) return known;
    await this.#write(record, String(now));
    return now;
  }

  /** Links a blob into the layout. @returns whether it was there, whole */
  async takeBlob(digest: Digest, size: number, layout: OciLayout): Promise<boolean> {
    const file = this.#blob(digest);
    const stats = await stat(file).catch(() => undefined);
    if (stats?.size !== size) return false;
    const linked = await linkQuietly(file, layout.blobPath(digest));
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined); // for the order in which blobs go
    return linked;
  }

  /** Links a blob of the layout into the cache. */
  async keepBlob(digest: Digest, layout: OciLayout): Promise<void> {
    const file = this.#blob(digest);
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(layout.blobPath(digest), 'r');
    try {
      await handle.sync(); // a record must not outlive the bytes it names
    } finally {
      await handle.close();
    }
    await linkQuietly(layout.blobPath(digest), file);
  }

  /** Brings the cache below its limit. */
  async prune(): Promise<void> {
    const blobs = [...(await this.#list('blobs')), ...(await this.#list(UNPACKED))];
    let total = blobs.reduce((sum, blob) => sum + blob.size, 0);
    for (const blob of blobs.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (total <= this.#maxBytes) break;
      await rm(blob.file, { force: true });
      total -= blob.size;
    }
  }

  async #write(record: string, content: string): Promise<void> {
    const temporary = `${record}.${randomUUID()}`;
    await mkdir(path.dirname(record), { recursive: true });
    await writeFile(temporary, content);
    await rename(temporary, record);
  }

  async #list(kind: string): Promise<{ file: string; size: number; mtimeMs: number }[]> {
    const directory = path.join(this.#directory, kind);
    const names = await readdir(directory).catch(() => []);
    const found = [];
    for (const name of names) {
      const file = path.join(directory, name);
      const stats = await stat(file).catch(() => undefined);
      if (stats) found.push({ file, size: stats.size, mtimeMs: stats.mtimeMs });
    }
    return found;
  }

  #record(key: string): string {
    return path.join(this.#directory, 'steps', `${key}.json`);
  }

  #blob(digest: Digest): string {
    return path.join(this.#directory, 'blobs', digestHex(digest));
  }
}

/** @returns false when the source is gone; a target that is there already is the same content */
export async function linkQuietly(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return true;
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function parseStep(text: string): CachedStep | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return undefined;
    const { layer } = value;
    if (!isRecord(layer)) return { layer: undefined };
    const diffId = parseDigest(String(layer['diffId']));
    const descriptor = parseDescriptor(layer['descriptor'], 'cached layer');
    return diffId && { layer: { descriptor, diffId } };
  } catch {
    return undefined; // unreadable is the same as not there
  }
}
