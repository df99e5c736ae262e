import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack as createPack, type Pack } from 'tar-stream';
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

/** A Dockerfile that is packed beside the folder. */
export interface PackedDockerfile {
  file: string;
  /** e.g. `'3f…_Dockerfile'` */
  nameInArchive: string;
}

/**
 * Packs a context: a gzipped tar of the folder, and for a build the Dockerfile once more under a name of its
 * own.
 *
 * @param options.warn told what is left out by default
 */
export async function packContext(options: {
  context: string;
  dockerfile?: PackedDockerfile;
  warn: (message: string) => void;
}): Promise<Buffer> {
  const archive = createPack();
  const chunks: Buffer[] = [];
  const finished = (async (): Promise<void> => {
    for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  })();
  const rules = IgnoreRules.load(
    options.context,
    basename(options.dockerfile?.file ?? 'Dockerfile'),
  );
  addTree(archive, { ...options, rules }, '', rules?.start ?? { ignored: false, ruleIndex: 0 });
  const { dockerfile } = options;
  if (dockerfile) {
    const header = { name: dockerfile.nameInArchive, mode: 0o644 };
    archive.entry(header, readFileSync(dockerfile.file));
  }
  archive.finalize();
  await finished;
  return gzipSync(Buffer.concat(chunks));
}

interface Tree {
  context: string;
  rules: IgnoreRules | undefined;
  warn: (message: string) => void;
}

function addTree(archive: Pack, tree: Tree, path: string, parent: IgnoreDecision): void {
  const name = basename(path);
  const full = join(tree.context, path);
  const stats = lstatSync(full);
  const isFolder = stats.isDirectory();
  let decision = parent;
  if (VERSION_CONTROL.has(name)) {
    tree.warn(`Excluding '${path}' based on default ignore rules`);
    decision = { ...parent, ignored: true };
  } else if (isFolder && HEAVY_FOLDERS.has(name)) {
    tree.warn(`Excluding '${name}' directory for performance`);
    return;
  } else if (tree.rules && path !== '') decision = tree.rules.decide(path, parent);
  if (!decision.ignored && path !== '') addEntry(archive, full, path, stats);
  if (!isFolder) return;
  for (const child of readdirSync(full).sort()) {
    addTree(archive, tree, path === '' ? child : `${path}/${child}`, decision);
  }
}

function addEntry(archive: Pack, full: string, path: string, stats: Stats): void {
  const header = { name: path, mode: stats.mode & 0o7777, mtime: stats.mtime };
  if (stats.isDirectory()) archive.entry({ ...header, name: `${path}/`, type: 'directory' });
  else if (stats.isSymbolicLink()) {
    archive.entry({ ...header, type: 'symlink', linkname: readlinkSync(full) });
  } else if (stats.isFile()) archive.entry(header, readFileSync(full));
  // Sockets, pipes and devices have no place in a context.
}
