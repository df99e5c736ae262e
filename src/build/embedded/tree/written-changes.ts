import { readlinkSync } from 'node:fs';
import path from 'node:path';
import type { WrittenPath } from '../../../runtime/runtime.js';
import { BuildError } from '../../image-builder.js';
import {
  newDirectory,
  walkTree,
  type DirectoryNode,
  type FileNode,
  type FileTree,
  type TreeNode,
} from './file-tree.js';
import type { LayerDraft } from './layer-writer.js';

const asRoot = process.getuid?.() === 0;

/** What a command wrote above the layers of its stage. */
export interface Written {
  /** Holds the contents. */
  directory: string;
  paths: ReadonlyMap<string, WrittenPath>;
}

export interface WrittenChanges {
  draft: LayerDraft;
  /**
   * Whether the draft says more than was written: other names of a file that was written to. What was written is
   * then no layer by itself.
   */
  saysMore: boolean;
}

/**
 * What a layer has to say of a command, read from the folder that overlayfs wrote; the tree follows. A folder
 * that only stands there for what is in it is left out, as nothing changed in it.
 */
export function writtenChanges(tree: FileTree, written: Written): WrittenChanges {
  return new Reading(tree, written).read();
}

/** A file that was written, by however many names. */
interface WrittenFile {
  node: FileNode;
  /** What its names stood for. */
  before: FileNode[];
  /** How many of its names were listed. */
  names: number;
  /** How many it has. */
  nlink: number;
}

class Reading {
  readonly #tree: FileTree;
  readonly #written: Written;
  readonly #nodes = new Map<string, TreeNode>();
  readonly #removed = new Set<string>();
  /** Directories that show nothing of what is below them. */
  readonly #opaque = new Set<string>();
  readonly #files = new Map<bigint, WrittenFile>();

  constructor(tree: FileTree, written: Written) {
    this.#tree = tree;
    this.#written = written;
  }

  read(): WrittenChanges {
    for (const where of [...this.#written.paths.keys()].sort()) {
      const item = this.#written.paths.get(where);
      if (item?.removed === true) this.#remove(where);
      else if (item?.stats.isDirectory() === true) this.#readDirectory(where, item);
      else if (item) this.#readOther(where, item);
    }
    const saysMore = this.#followLinks();
    for (const where of [...this.#removed, ...this.#nodes.keys()]) this.#noteParents(where);
    return { draft: { nodes: this.#nodes, removed: this.#removed }, saysMore };
  }

  #remove(where: string): void {
    if (this.#tree.lookup(where) === undefined) return;
    this.#tree.remove(where);
    this.#removed.add(where);
  }

  #readDirectory(where: string, item: WrittenPath): void {
    const existing = this.#tree.lookup(where);
    if (item.opaque || this.#opaque.has(path.posix.dirname(where))) {
      this.#opaque.add(where);
      if (existing?.type === 'directory') this.#removeHidden(where, existing);
    }
    const node = newDirectory(attributesOf(item, existing));
    if (existing?.type === 'directory') {
      if (isSameDirectory(existing, node)) return;
      node.children = existing.children;
    }
    this.#put(where, node);
  }

  #removeHidden(where: string, { children }: DirectoryNode): void {
    for (const name of [...children.keys()]) {
      const child = `${where}/${name}`;
      const item = this.#written.paths.get(child);
      if (item === undefined || item.removed) this.#remove(child);
    }
  }

  #readOther(where: string, item: WrittenPath): void {
    const { stats } = item;
    const file = `${this.#written.directory}${where}`;
    const existing = this.#tree.lookup(where);
    const attributes = attributesOf(item, existing);
    if (stats.isSymbolicLink()) {
      this.#put(where, { type: 'symlink', ...attributes, target: readlinkSync(file) });
    } else if (stats.isFile()) {
      this.#putFile(where, item, { ...attributes, content: { file, offset: 0 } }, existing);
    } else if (stats.isFIFO()) {
      this.#put(where, { type: 'fifo', ...attributes, major: 0, minor: 0 });
    } else if (stats.isCharacterDevice() || stats.isBlockDevice()) {
      const type = stats.isBlockDevice() ? 'block-device' : 'character-device';
      this.#put(where, { type, ...attributes, ...deviceNumbers(stats.rdev) });
    } // sockets are left behind, not shipped
  }

  #putFile(
    where: string,
    { stats, capability }: WrittenPath,
    made: Omit<FileNode, 'type' | 'size'>,
    existing: TreeNode | undefined,
  ): void {
    const known = this.#files.get(stats.ino);
    const node = known?.node ?? {
      ...{ type: 'file', ...made, size: Number(stats.size) },
      ...(capability !== undefined && { xattrs: capabilityOf(where, capability) }),
    };
    const file = known ?? { node, before: [], names: 0, nlink: Number(stats.nlink) };
    file.names++;
    if (existing?.type === 'file') file.before.push(existing);
    this.#files.set(stats.ino, file);
    this.#put(where, node);
  }

  #put(where: string, node: TreeNode): void {
    this.#tree.set(where, node);
    this.#nodes.set(where, node);
  }

  /**
   * A file of several names that is written to by one of them changes by all of them. Overlayfs's index, a name
   * more than were listed, makes it so; the layer has to say it.
   */
  #followLinks(): boolean {
    const changed = new Map<TreeNode, FileNode>();
    for (const { node, before, names, nlink } of this.#files.values()) {
      if (nlink > names) for (const each of before) changed.set(each, node);
    }
    if (changed.size === 0) return false;
    const others = [...walkTree(this.#tree.root)].flatMap(([where, node]) => {
      const now = changed.get(node);
      return now ? [[`/${where}`, now] as const] : [];
    });
    for (const [where, node] of others) this.#put(where, node);
    return others.length > 0;
  }

  /** A layer that is unpacked on its own must know the modes of the directories above its files. */
  #noteParents(where: string): void {
    for (let up = path.posix.dirname(where); up !== '/'; up = path.posix.dirname(up)) {
      if (this.#nodes.has(up)) continue;
      const node = this.#tree.lookup(up);
      if (node) this.#nodes.set(up, node);
    }
  }
}

function attributesOf({ stats }: WrittenPath, existing: TreeNode | undefined) {
  // Without root the files are all ours on the disk; the image keeps the owner it had.
  const owner = asRoot
    ? { uid: Number(stats.uid), gid: Number(stats.gid) }
    : { uid: existing?.uid ?? 0, gid: existing?.gid ?? 0 };
  return {
    mode: Number(stats.mode) & 0o7777,
    ...owner,
    mtime: Number(stats.mtimeNs / 1_000_000_000n),
  };
}

function isSameDirectory(one: DirectoryNode, other: DirectoryNode): boolean {
  return one.mode === other.mode && one.uid === other.uid && one.gid === other.gid;
}

/** @see https://github.com/torvalds/linux/blob/v6.1/include/linux/kdev_t.h#L39-L44 */
function deviceNumbers(rdev: bigint): { major: number; minor: number } {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n);
  return { major: Number(major), minor: Number(minor) };
}

/** @throws BuildError for one that cannot be written: tar's records are text. */
function capabilityOf(where: string, hex: string): Map<string, string> {
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.some((byte) => byte >= 0x80)) {
    throw new BuildError(
      `the capabilities of ${where} cannot be put into a layer: not implemented`,
    );
  }
  return new Map([['security.capability', bytes.toString('latin1')]]);
}
