import { createReadStream, createWriteStream } from 'node:fs';
import { link, lstat, mkdir, rm, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import tar from 'tar-stream';
import { codeOf, messageOf } from '../base/failure.js';
import { entryComponents, UnsafeEntryError } from '../oci/layer/entry-path.js';

/** An uploaded archive that is damaged, or built to do harm. */
export class SourceArchiveError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SourceArchiveError';
  }
}

export interface ExtractLimits {
  /** Of all files together. */
  maxBytes: number;
  maxEntries: number;
}

const DEFAULT_LIMITS: ExtractLimits = { maxBytes: 16 * 1024 ** 3, maxEntries: 1_000_000 };

/**
 * Unpacks an uploaded `tar.gz` into an empty directory. Nothing is written outside of it or through a
 * link: a name with `..`, a way that leads over a link, a device or a hard link out is an error.
 *
 * @throws SourceArchiveError
 */
export async function extractSource(
  archive: string,
  directory: string,
  options: { limits?: ExtractLimits; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const extract = tar.extract();
  const source = createReadStream(archive);
  const plain = createGunzip();
  const feeding = feed(source, plain, extract, options.signal);
  try {
    await new Extraction(directory, options.limits ?? DEFAULT_LIMITS).run(extract);
    await feeding;
  } catch (error) {
    source.destroy();
    await feeding.catch(() => undefined);
    options.signal?.throwIfAborted();
    throw asArchiveError(error);
  }
}

/** The tar parser's streams are not Node's, so bytes are handed over one chunk at a time. */
async function feed(
  source: NodeJS.ReadableStream,
  plain: ReturnType<typeof createGunzip>,
  extract: tar.Extract,
  signal: AbortSignal | undefined,
): Promise<void> {
  const unpacking = pipeline(source, plain, ...(signal ? [{ signal }] : []));
  plain.on('error', (error) => {
    extract.destroy(error);
  });
  plain.pipe(extract);
  await unpacking;
}

function asArchiveError(error: unknown): unknown {
  if (error instanceof SourceArchiveError) return error;
  if (error instanceof UnsafeEntryError) return new SourceArchiveError(error.message);
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EACCES') return error;
  return new SourceArchiveError(
    `the source is not a gzip-compressed tar archive: ${messageOf(error)}`,
  );
}

type TarEntry = tar.Extract extends AsyncIterable<infer Entry> ? Entry : never;

class Extraction {
  readonly #root: string;
  readonly #limits: ExtractLimits;
  /** Directories made here, or known not to be links. */
  readonly #safe = new Set<string>(['']);
  #bytes = 0;
  #entries = 0;

  constructor(root: string, limits: ExtractLimits) {
    this.#root = root;
    this.#limits = limits;
  }

  async run(extract: tar.Extract): Promise<void> {
    for await (const entry of extract) {
      this.#count(entry.header.size);
      await this.#take(entry);
      entry.resume();
    }
  }

  #count(size: number): void {
    this.#bytes += size;
    if (++this.#entries > this.#limits.maxEntries) {
      throw new SourceArchiveError(`the source has more than ${this.#limits.maxEntries} entries`);
    }
    if (this.#bytes > this.#limits.maxBytes) {
      throw new SourceArchiveError(
        `the source unpacks to more than ${this.#limits.maxBytes} bytes`,
      );
    }
  }

  async #take(entry: TarEntry): Promise<void> {
    const { header } = entry;
    const parts = entryComponents(header.name);
    const name = parts.pop();
    if (name === undefined) return;
    const parent = await this.#directory(parts);
    const file = path.join(this.#root, parent, name);
    switch (header.type) {
      case 'directory':
        await this.#directory([...parts, name]);
        return;
      case 'symlink':
        await this.#replace(file);
        await symlink(header.linkname, file);
        return;
      case 'link':
        await this.#hardLink(header.linkname, file);
        return;
      case 'file':
      case 'contiguous-file':
        await this.#replace(file);
        await pipeline(entry, createWriteStream(file, { flags: 'wx', mode: header.mode & 0o777 }));
        await utimes(file, header.mtime, header.mtime);
        return;
      default:
        throw new SourceArchiveError(`the source has a ${header.type} named ${header.name}`);
    }
  }

  /** Makes the directories of a path that are missing; one that is a link is refused. */
  async #directory(parts: readonly string[]): Promise<string> {
    let where = '';
    for (const part of parts) {
      where = path.join(where, part);
      if (this.#safe.has(where)) continue;
      await this.#makeDirectory(where);
      this.#safe.add(where);
    }
    return where;
  }

  async #makeDirectory(where: string): Promise<void> {
    try {
      await mkdir(path.join(this.#root, where), { mode: 0o755 });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      const stats = await lstat(path.join(this.#root, where));
      if (!stats.isDirectory()) {
        throw new SourceArchiveError(`the source leads through ${where}, which is not a directory`);
      }
    }
  }

  /** A later entry of the same name wins. */
  async #replace(file: string): Promise<void> {
    const stats = await lstat(file).catch(() => undefined);
    if (stats?.isDirectory()) {
      throw new SourceArchiveError(`the source replaces the directory ${path.basename(file)}`);
    }
    if (stats) await rm(file);
  }

  async #hardLink(target: string, file: string): Promise<void> {
    const parts = entryComponents(target);
    const name = parts.pop() ?? '';
    const existing = path.join(this.#root, await this.#directory(parts), name);
    const stats = await lstat(existing).catch(() => undefined);
    if (!stats?.isFile()) {
      throw new SourceArchiveError(
        `the source has a hard link to ${target}, which is no file in it`,
      );
    }
    await this.#replace(file);
    await link(existing, file);
  }
}
