import { once } from 'node:events';
import {
  createReadStream,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable, Transform } from 'node:stream';
import { pack as createPack, type Header, type Pack } from 'tar-stream';
import { IgnoreRules, type IgnoreDecision } from './ignore-rules.js';

const VERSION_CONTROL = new Set([
  '.git',
  '.gitignore',
  '.bzr',
  'bzrignore',
  '.hg',
  '.hgignore',
  '.svn',
]);
const HEAVY_FOLDERS = new Set(['.venv']);
/** Files up to this size are read at once, larger ones in pieces. */
const WHOLE_BYTES = 256 * 1024;
const PIECE_BYTES = 1024 * 1024;

type TarHeader = Partial<Header> & Pick<Header, 'name'>;

/** A Dockerfile that is packed beside the folder. */
export interface PackedDockerfile {
  file: string;
  /** e.g. `'3f…_Dockerfile'` */
  nameInArchive: string;
}

/** A file, folder or link of a context. */
export interface ContextEntry {
  /** In the archive, e.g. `'src/a.ts'`. */
  path: string;
  file: string;
  stats: Stats;
}

/**
 * What of a folder goes into the archive, parents first.
 *
 * @param options.dockerfile its own `.dockerignore` goes before the common one
 * @param options.warn told what is left out by default
 */
export function listContext(options: {
  context: string;
  dockerfile?: PackedDockerfile;
  warn: (message: string) => void;
}): ContextEntry[] {
  const { context, dockerfile, warn } = options;
  const rules = IgnoreRules.load(context, basename(dockerfile?.file ?? 'Dockerfile'));
  const entries: ContextEntry[] = [];
  const start = rules?.start ?? { ignored: false, ruleIndex: 0 };
  listTree({ context, rules, warn, entries }, '', start);
  return entries;
}

interface Tree {
  context: string;
  rules: IgnoreRules | undefined;
  warn: (message: string) => void;
  entries: ContextEntry[];
}

function listTree(tree: Tree, path: string, parent: IgnoreDecision): void {
  const name = basename(path);
  const file = join(tree.context, path);
  const stats = lstatSync(file);
  const isFolder = stats.isDirectory();
  let decision = parent;
  if (VERSION_CONTROL.has(name)) {
    tree.warn(`Excluding '${path}' based on default ignore rules`);
    decision = { ...parent, ignored: true };
  } else if (isFolder && HEAVY_FOLDERS.has(name)) {
    tree.warn(`Excluding '${name}' directory for performance`);
    return;
  } else if (tree.rules && path !== '') decision = tree.rules.decide(path, parent);
  if (!decision.ignored && path !== '') tree.entries.push({ path, file, stats });
  if (!isFolder) return;
  for (const child of readdirSync(file).sort()) {
    listTree(tree, path === '' ? child : `${path}/${child}`, decision);
  }
}

/**
 * Packs a context: a gzipped tar of what was listed, and for a build the Dockerfile once more under a name
 * of its own. Files are read as the archive is, so that it may be larger than the memory.
 *
 * @returns fails with the error of the file system when a file cannot be read
 */
export async function packContext(
  entries: readonly ContextEntry[],
  dockerfile: PackedDockerfile | undefined,
): Promise<Readable> {
  // Most commands pack nothing and need not load it.
  const { createCompressor } = await import('../../build/embedded/tree/compressors.js');
  const gzip = await createCompressor('gzip');
  const archive = createPack();
  const failed = (error: unknown): void => {
    archive.destroy();
    gzip.destroy(error instanceof Error ? error : new Error(String(error)));
  };
  addAll(archive, entries, dockerfile).catch(failed);
  compress(archive, gzip).catch(failed);
  return gzip;
}

async function addAll(
  archive: Pack,
  entries: readonly ContextEntry[],
  dockerfile: PackedDockerfile | undefined,
): Promise<void> {
  for (const entry of entries) await addEntry(archive, entry);
  if (dockerfile) {
    const header = { name: dockerfile.nameInArchive, mode: 0o644 };
    await addWhole(archive, header, readFileSync(dockerfile.file));
  }
  archive.finalize();
}

/** The tar library's streams are not Node's, so bytes are handed over one piece at a time. */
async function compress(archive: Pack, gzip: Transform): Promise<void> {
  for await (const piece of archive as AsyncIterable<Buffer>) {
    if (!gzip.write(piece)) await once(gzip, 'drain');
  }
  gzip.end();
}

async function addEntry(archive: Pack, { path, file, stats }: ContextEntry): Promise<void> {
  const header = { name: path, mode: stats.mode & 0o7777, mtime: stats.mtime };
  if (stats.isDirectory()) {
    await addWhole(archive, { ...header, name: `${path}/`, type: 'directory' }, '');
  } else if (stats.isSymbolicLink()) {
    await addWhole(archive, { ...header, type: 'symlink', linkname: readlinkSync(file) }, '');
  } else if (stats.isFile() && stats.size <= WHOLE_BYTES) {
    await addWhole(archive, header, readFileSync(file));
  } else if (stats.isFile()) await addInPieces(archive, { ...header, size: stats.size }, file);
  // Sockets, pipes and devices have no place in a context.
}

function addWhole(archive: Pack, header: TarHeader, content: Buffer | string): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry(header, content, settle(resolve, reject));
  });
}

async function addInPieces(archive: Pack, header: TarHeader, file: string): Promise<void> {
  let entry: NodeJS.WritableStream | undefined;
  const added = new Promise<void>((resolve, reject) => {
    entry = archive.entry(header, settle(resolve, reject));
  });
  added.catch(() => undefined); // told below
  const end = (header.size ?? 0) - 1; // it may be growing
  const pieces = createReadStream(file, { end, highWaterMark: PIECE_BYTES });
  for await (const piece of pieces as AsyncIterable<Buffer>) {
    if (entry?.write(piece) === false) await Promise.race([once(entry, 'drain'), added]);
  }
  entry?.end();
  await added;
}

function settle(resolve: () => void, reject: (error: Error) => void) {
  return (error?: Error | null): void => {
    if (error) reject(error);
    else resolve();
  };
}
