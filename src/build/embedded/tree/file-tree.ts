import type { Stats } from 'node:fs';
import path from 'node:path';
import type { Digest } from '../../../oci/digest.js';

/** Bytes of a file on this machine that are the content of an entry. */
export interface ContentRef {
  file: string;
  offset: number;
}

interface Attributes {
  /** Permission bits with setuid, setgid and sticky, e.g. `0o755`. */
  mode: number;
  uid: number;
  gid: number;
  /** Seconds since the epoch. */
  mtime: number;
  /** Extended attributes by name, e.g. `security.capability`. */
  xattrs?: ReadonlyMap<string, string>;
}

export interface DirectoryNode extends Attributes {
  type: 'directory';
  children: Map<string, TreeNode>;
}

/** Two names of one file hold the same object. */
export interface FileNode extends Attributes {
  type: 'file';
  size: number;
  content: ContentRef;
  /**
   * What the file system said of the content's file when it was listed, see `fileIdentity`; or the layer
   * that it is of, see `layerIdentity`.
   */
  identity?: string;
}

const LAYER = 'layer:';

/** Files of one layer have this and their place in it in common, and never change. */
export function layerIdentity(diffId: Digest): string {
  return `${LAYER}${diffId}`;
}

export function isLayerIdentity(identity: string): boolean {
  return identity.startsWith(LAYER);
}

/**
 * Stays the same while a file is not written to, e.g. `'64769:131:42:1764173847000.1234:1764173847000.1234'`:
 * device, inode, bytes, and the milliseconds of its last change of content and of anything, as finely as they go.
 */
export function fileIdentity({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}

export interface SymlinkNode extends Attributes {
  type: 'symlink';
  target: string;
}

export interface SpecialNode extends Attributes {
  type: 'character-device' | 'block-device' | 'fifo';
  major: number;
  minor: number;
}

export type TreeNode = DirectoryNode | FileNode | SymlinkNode | SpecialNode;

export function newDirectory(attributes: Partial<DirectoryNode> = {}): DirectoryNode {
  return {
    ...{ type: 'directory', mode: 0o755, uid: 0, gid: 0, mtime: 0, children: new Map() },
    ...attributes,
  };
}

/** Linux gives up after this many as well. */
const MAX_SYMLINKS = 40;

/** A path through the tree that leads nowhere: a file where a directory must be, or too many links. */
export class TreePathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TreePathError';
  }
}

/** Absolute and without `.`, `..` and doubled slashes; nothing can lead above the root. */
export function cleanPath(text: string): string {
  const clean = path.posix.normalize(`/${text}`);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

/**
 * The files of an image or a build context, by absolute path, without touching the disk: nothing here
 * can follow a link out of the tree, and owners are kept whoever runs the build.
 */
export class FileTree {
  readonly root: DirectoryNode;

  constructor(root: DirectoryNode = newDirectory()) {
    this.root = root;
  }

  /** The node itself, not what a final link points to; directories on the way may be links. */
  lookup(text: string): TreeNode | undefined {
    return this.#walk(cleanPath(text), false).node;
  }

  /** The node after following links, or undefined when there is none or it is a dangling link. */
  follow(text: string): TreeNode | undefined {
    return this.#walk(cleanPath(text), true).node;
  }

  /** The same path with every link on the way replaced, the last one too. */
  resolve(text: string): string {
    return this.#walk(cleanPath(text), true).path;
  }

  /** The same path with every link on the way replaced, but not the last name. */
  resolveParents(text: string): string {
    return this.#walk(cleanPath(text), false).path;
  }

  /**
   * Puts a node at a path without links, making directories on the way.
   *
   * @throws TreePathError when something on the way is not a directory.
   */
  set(resolved: string, node: TreeNode): void {
    const { parent, name } = this.#parentOf(resolved);
    if (name !== '') parent.children.set(name, node);
  }

  remove(resolved: string): void {
    const parent = this.#at(path.posix.dirname(resolved));
    if (parent?.type === 'directory') parent.children.delete(path.posix.basename(resolved));
  }

  #parentOf(resolved: string): { parent: DirectoryNode; name: string } {
    const names = segments(resolved);
    const name = names.pop() ?? '';
    let parent = this.root;
    for (const step of names) {
      let child = parent.children.get(step);
      if (child === undefined) {
        child = newDirectory();
        parent.children.set(step, child);
      }
      if (child.type !== 'directory')
        throw new TreePathError(`${step} in ${resolved} is not a directory`);
      parent = child;
    }
    return { parent, name };
  }

  #at(resolved: string): TreeNode | undefined {
    let node: TreeNode | undefined = this.root;
    for (const step of segments(resolved)) {
      if (node?.type !== 'directory') return undefined;
      node = node.children.get(step);
    }
    return node;
  }

  /** Where a path leads, and the node there if there is one. */
  #walk(clean: string, followLast: boolean): { path: string; node: TreeNode | undefined } {
    const pending = segments(clean);
    let names: string[] = [];
    // The nodes on the way, the root first; undefined below what is not there.
    let nodes: (TreeNode | undefined)[] = [this.root];
    let links = 0;
    while (pending.length > 0) {
      const step = pending.shift() ?? '';
      if (step === '.') continue;
      if (step === '..') {
        if (names.pop() !== undefined) nodes.pop();
        continue;
      }
      const parent = nodes.at(-1);
      const node = parent?.type === 'directory' ? parent.children.get(step) : undefined;
      if (node?.type !== 'symlink' || (pending.length === 0 && !followLast)) {
        names.push(step);
        nodes.push(node);
        continue;
      }
      if (++links > MAX_SYMLINKS) throw new TreePathError(`too many symbolic links in ${clean}`);
      if (node.target.startsWith('/')) {
        names = [];
        nodes = [this.root];
      }
      pending.unshift(...segments(node.target));
    }
    return { path: `/${names.join('/')}`, node: nodes.at(-1) };
  }
}

function segments(text: string): string[] {
  return text.split('/').filter((part) => part !== '');
}

/** Every node under a directory with its path relative to it, parents first, names in code unit order. */
export function* walkTree(directory: DirectoryNode, prefix = ''): Generator<[string, TreeNode]> {
  for (const name of [...directory.children.keys()].sort()) {
    const node = directory.children.get(name);
    if (node === undefined) continue;
    const where = prefix === '' ? name : `${prefix}/${name}`;
    yield [where, node];
    if (node.type === 'directory') yield* walkTree(node, where);
  }
}
