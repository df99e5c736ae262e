import { randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import {
  chmod,
  lchown,
  link,
  lstat,
  lutimes,
  mkdir,
  open,
  readdir,
  readlink,
  rm,
  symlink,
} from 'node:fs/promises';
import path from 'node:path';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { StageState } from '../stage-state.js';
import { walkTree, type FileTree, type TreeNode } from './file-tree.js';
import { newDirectory } from './file-tree.js';
import type { LayerDraft } from './layer-writer.js';

/** A stage's files on the disk, for commands to run in. */
export interface RootDirectory {
  readonly directory: string;
  /** Brings in what COPY and WORKDIR have changed since. */
  apply(draft: LayerDraft): Promise<void>;
  /** What has changed on the disk since the last call; the tree follows. */
  takeChanges(): Promise<LayerDraft>;
}

const directories = new WeakMap<FileTree, Promise<RootDirectory>>();

/** The directory of a stage, made from its tree the first time. */
export async function rootDirectoryOf(
  state: StageState,
  workDirectory: string,
): Promise<RootDirectory> {
  const tree = await state.tree();
  let known = directories.get(tree);
  if (known === undefined) {
    known = materialize(tree, path.join(workDirectory, `rootfs-${randomUUID()}`));
    directories.set(tree, known);
  }
  return known;
}

/** The directory of a stage if it has one. */
export async function existingRootDirectory(tree: FileTree): Promise<RootDirectory | undefined> {
  return directories.get(tree);
}

/** The next command gets a directory made anew from the tree. */
export function forgetRootDirectory(tree: FileTree): void {
  directories.delete(tree);
}

/** Made by whoever runs containers; no command meant to change them. */
const RUNTIME_PATHS = new Set([
  ...['/proc', '/sys', '/dev', '/.dockerenv', '/run/.containerenv'],
  ...['/etc/resolv.conf', '/etc/hosts', '/etc/hostname'],
]);

const asRoot = process.getuid?.() === 0;

async function materialize(tree: FileTree, directory: string): Promise<RootDirectory> {
  await mkdir(directory, { recursive: true });
  await chmod(directory, tree.root.mode);
  const written = new Map<TreeNode, string>();
  const nodes = [...walkTree(tree.root)];
  for (const [relative, node] of nodes) {
    await writeNode(path.join(directory, relative), node, written);
  }
  // Children change the times of their directories, so those come last.
  for (const [relative, node] of nodes.reverse()) {
    if (node.type === 'directory') await setAttributes(path.join(directory, relative), node);
  }
  return watched(tree, directory);
}

async function watched(tree: FileTree, directory: string): Promise<RootDirectory> {
  let before = await snapshot(directory);
  return {
    directory,
    async apply(draft) {
      await writeDraft(directory, draft);
      before = await snapshot(directory);
    },
    async takeChanges() {
      const after = await snapshot(directory);
      const draft = await changes(tree, directory, before, after);
      before = after;
      return draft;
    },
  };
}

/** Puts the nodes of a draft into a directory; what is there under their names gives way. */
export async function writeDraft(directory: string, draft: LayerDraft): Promise<void> {
  const written = new Map<TreeNode, string>();
  for (const [where, node] of [...draft.nodes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const file = path.join(directory, where);
    if (node.type !== 'directory') await rm(file, { force: true });
    await writeNode(file, node, written);
    await setAttributes(file, node);
  }
}

async function writeNode(
  file: string,
  node: TreeNode,
  written: Map<TreeNode, string>,
): Promise<void> {
  const first = written.get(node);
  if (first !== undefined) {
    await link(first, file);
    return;
  }
  if (node.type === 'directory') {
    await mkdir(file, { recursive: true, mode: 0o700 });
    return;
  }
  if (node.type === 'symlink') await symlink(node.target, file);
  else if (node.type === 'file') {
    await writeContent(file, node);
    written.set(node, file);
  } else return; // device nodes cannot be made without tools; the sandbox brings its own /dev
  await setAttributes(file, node);
}

async function writeContent(file: string, node: TreeNode & { type: 'file' }): Promise<void> {
  if (node.size === 0) {
    await (await open(file, 'wx', 0o600)).close();
    return;
  }
  const { file: from, offset } = node.content;
  const content = createReadStream(from, { start: offset, end: offset + node.size - 1 });
  await pipeline(content, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
}

async function setAttributes(file: string, node: TreeNode): Promise<void> {
  if (node.type !== 'directory' && node.type !== 'file' && node.type !== 'symlink') return;
  if (asRoot) await lchown(file, node.uid, node.gid);
  if (node.type !== 'symlink') await chmod(file, node.mode);
  await lutimes(file, node.mtime, node.mtime);
}

type Snapshot = Map<string, BigIntStats>;

async function snapshot(directory: string): Promise<Snapshot> {
  const found: Snapshot = new Map();
  const pending = ['/'];
  for (let where = pending.pop(); where !== undefined; where = pending.pop()) {
    for (const name of await readdir(path.join(directory, where))) {
      const child = path.posix.join(where, name);
      if (RUNTIME_PATHS.has(child)) continue;
      const stats = await lstat(path.join(directory, child), { bigint: true });
      found.set(child, stats);
      if (stats.isDirectory()) pending.push(child);
    }
  }
  return found;
}

async function changes(
  tree: FileTree,
  directory: string,
  before: Snapshot,
  after: Snapshot,
): Promise<LayerDraft> {
  const nodes: LayerDraft['nodes'] = new Map();
  const removed = new Set<string>();
  const gone = new Set<string>();
  for (const where of [...before.keys()].sort()) {
    if (after.has(where)) continue;
    gone.add(where);
    if (gone.has(path.posix.dirname(where))) continue; // went with its directory
    removed.add(where);
    tree.remove(where);
  }
  for (const where of removed) noteParents(tree, where, nodes);
  const links = new Map<bigint, TreeNode>();
  for (const where of [...after.keys()].sort()) {
    const stats = after.get(where);
    if (stats === undefined || isSame(before.get(where), stats)) continue;
    const node = links.get(stats.ino) ?? (await readNode(tree, directory, where, stats));
    if (node === undefined) continue;
    if (stats.nlink > 1n && node.type === 'file') links.set(stats.ino, node);
    tree.set(where, node);
    noteParents(tree, where, nodes);
    nodes.set(where, node);
  }
  return { nodes, removed };
}

function noteParents(tree: FileTree, where: string, nodes: Map<string, TreeNode>): void {
  for (let up = path.posix.dirname(where); up !== '/'; up = path.posix.dirname(up)) {
    const node = tree.lookup(up);
    if (node && !nodes.has(up)) nodes.set(up, node);
  }
}

/** A directory whose list of names changed shows it by those names. */
function isSame(before: BigIntStats | undefined, after: BigIntStats): boolean {
  if (before === undefined || before.ino !== after.ino) return false;
  const sameOwner =
    before.mode === after.mode && before.uid === after.uid && before.gid === after.gid;
  if (after.isDirectory()) return sameOwner;
  return sameOwner && before.ctimeNs === after.ctimeNs && before.size === after.size;
}

async function readNode(
  tree: FileTree,
  directory: string,
  where: string,
  stats: BigIntStats,
): Promise<TreeNode | undefined> {
  const file = path.join(directory, where);
  const attributes = {
    mode: Number(stats.mode) & 0o7777,
    ...ownerOf(tree, where, stats),
    mtime: Number(stats.mtimeMs / 1000n),
  };
  if (stats.isDirectory()) {
    const existing = tree.lookup(where);
    const children = existing?.type === 'directory' ? existing.children : undefined;
    return newDirectory({ ...attributes, ...(children && { children }) });
  }
  if (stats.isSymbolicLink()) {
    return { type: 'symlink', ...attributes, target: await readlink(file) };
  }
  if (!stats.isFile()) return undefined; // sockets and pipes are left behind, not shipped
  return { type: 'file', ...attributes, size: Number(stats.size), content: { file, offset: 0 } };
}

/** Without root the files are all ours on the disk; the image keeps the owner it had. */
function ownerOf(tree: FileTree, where: string, stats: BigIntStats) {
  if (asRoot) return { uid: Number(stats.uid), gid: Number(stats.gid) };
  const existing = tree.lookup(where);
  return { uid: existing?.uid ?? 0, gid: existing?.gid ?? 0 };
}
