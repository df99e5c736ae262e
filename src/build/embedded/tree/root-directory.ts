import { randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { RUNTIME_PATHS } from '../../../runtime/runtime-paths.js';
import type { StageState } from '../stage-state.js';
import {
  walkTree,
  type DirectoryNode,
  type FileNode,
  type FileTree,
  type SymlinkNode,
  type TreeNode,
} from './file-tree.js';
import { newDirectory } from './file-tree.js';
import type { LayerDraft } from './layer-writer.js';
import { contentOf } from './read-content.js';

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

const asRoot = process.getuid?.() === 0;

/** Nodes that are made or listed before others get their turn: waiting for a thread would take far longer. */
const NODES_A_TURN = 250;

async function materialize(tree: FileTree, directory: string): Promise<RootDirectory> {
  await mkdir(directory, { recursive: true });
  chmodSync(directory, tree.root.mode);
  await writeNodes(directory, [...walkTree(tree.root)]);
  return watched(tree, directory);
}

/** @param nodes by path, directories before what is in them */
async function writeNodes(
  directory: string,
  nodes: readonly (readonly [string, TreeNode])[],
): Promise<void> {
  const written = new Map<TreeNode, string>();
  let count = 0;
  for (const [where, node] of nodes) {
    if (++count % NODES_A_TURN === 0) await othersTurn();
    await writeNode(path.join(directory, where), node, written);
  }
  // Children change the times of their directories, so those come last.
  for (const [where, node] of nodes.toReversed()) {
    if (node.type === 'directory') setAttributes(path.join(directory, where), node);
  }
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
      const draft = changes(tree, directory, before, after);
      before = after;
      return draft;
    },
  };
}

/** Puts the nodes of a draft into a directory; what is there under their names gives way. */
export async function writeDraft(directory: string, draft: LayerDraft): Promise<void> {
  const nodes = [...draft.nodes].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [where, node] of nodes) {
    if (node.type !== 'directory') await rm(path.join(directory, where), { force: true });
  }
  await writeNodes(directory, nodes);
}

async function writeNode(
  file: string,
  node: TreeNode,
  written: Map<TreeNode, string>,
): Promise<void> {
  const first = written.get(node);
  if (first !== undefined) {
    linkSync(first, file);
    return;
  }
  switch (node.type) {
    case 'directory':
      mkdirSync(file, { recursive: true, mode: 0o700 });
      return;
    case 'symlink':
      symlinkSync(node.target, file);
      setAttributes(file, node);
      return;
    case 'file':
      await writeFileNode(file, node);
      written.set(node, file);
      return;
    default: // device nodes cannot be made without tools; the sandbox brings its own /dev
  }
}

async function writeFileNode(file: string, node: FileNode): Promise<void> {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    for await (const chunk of contentOf(node)) writeWhole(descriptor, chunk);
    if (asRoot) fchownSync(descriptor, node.uid, node.gid);
    fchmodSync(descriptor, node.mode);
    futimesSync(descriptor, node.mtime, node.mtime);
  } finally {
    closeSync(descriptor);
  }
}

function writeWhole(descriptor: number, chunk: Buffer): void {
  for (let at = 0; at < chunk.length;) at += writeSync(descriptor, chunk, at);
}

function setAttributes(file: string, node: DirectoryNode | SymlinkNode): void {
  if (asRoot) lchownSync(file, node.uid, node.gid);
  if (node.type !== 'symlink') chmodSync(file, node.mode);
  lutimesSync(file, node.mtime, node.mtime);
}

type Snapshot = Map<string, BigIntStats>;

async function snapshot(directory: string): Promise<Snapshot> {
  const found: Snapshot = new Map();
  const pending = [''];
  for (let where = pending.pop(); where !== undefined; where = pending.pop()) {
    for (const name of readdirSync(`${directory}${where}`)) {
      const child = `${where}/${name}`;
      if (RUNTIME_PATHS.has(child)) continue;
      const stats = lstatSync(`${directory}${child}`, { bigint: true });
      found.set(child, stats);
      if (found.size % NODES_A_TURN === 0) await othersTurn();
      if (stats.isDirectory()) pending.push(child);
    }
  }
  return found;
}

function changes(tree: FileTree, directory: string, before: Snapshot, after: Snapshot): LayerDraft {
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
    const node = links.get(stats.ino) ?? readNode(tree, directory, where, stats);
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

function readNode(
  tree: FileTree,
  directory: string,
  where: string,
  stats: BigIntStats,
): TreeNode | undefined {
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
    return { type: 'symlink', ...attributes, target: readlinkSync(file) };
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
