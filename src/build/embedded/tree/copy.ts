import path from 'node:path';
import { patternSource } from '../context/dockerignore.js';
import type { FileTree } from './file-tree.js';
import {
  cleanPath,
  newDirectory,
  walkTree,
  type DirectoryNode,
  type TreeNode,
} from './file-tree.js';
import type { LayerDraft } from './layer-writer.js';

/** A copy that cannot be done as written; the message is for the user. */
export class CopyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CopyError';
  }
}

export interface CopyOptions {
  /** Takes the place of each node's owner. */
  owner?: { uid: number; gid: number };
  /** Takes the place of each node's permission bits. */
  mode?: number;
  /** Paths below a source that are left out. */
  exclude?: readonly string[];
  /** Keeps the directories of a source's path under the destination. */
  parents?: boolean;
  /** Where sources that lead out are refused: a build context, not an image. */
  confined: boolean;
  /** For directories that the copy makes on the way; seconds since the epoch. */
  now: number;
}

/** A source with its wildcards replaced. */
interface Match {
  path: string;
  node: TreeNode;
}

/**
 * Plans `COPY sources… destination`: changes the target tree and returns what a layer has to say of it.
 *
 * @param destination absolute; a trailing slash makes it a directory
 * @throws CopyError
 */
export function copyInto(
  target: FileTree,
  source: FileTree,
  sources: readonly string[],
  destination: string,
  options: CopyOptions,
): LayerDraft {
  const matches = sources.flatMap((pattern) => findSources(source, pattern, options));
  const intoDirectory = /\/\.?$/.test(destination);
  if (matches.length > 1 && !intoDirectory && !isDirectory(target.follow(destination))) {
    throw new CopyError(
      'when using COPY with more than one source file, the destination must be a directory and end with a /',
    );
  }
  const copy = new Copy(target, options);
  for (const match of matches) {
    const base = options.parents
      ? `${destination}/${path.posix.dirname(match.path)}/`
      : destination;
    copy.add(match, base, intoDirectory || options.parents === true);
  }
  return { nodes: copy.nodes };
}

function isDirectory(node: TreeNode | undefined): node is DirectoryNode {
  return node?.type === 'directory';
}

function findSources(source: FileTree, pattern: string, options: CopyOptions): Match[] {
  if (options.confined && leadsOut(pattern)) {
    throw new CopyError(`forbidden path outside the build context: ${pattern}`);
  }
  const clean = cleanPath(pattern);
  if (!/[*?[]/.test(clean)) {
    const resolved = options.confined ? resolveConfined(source, clean) : source.resolve(clean);
    const node = source.lookup(resolved);
    if (node === undefined) throw notFound(pattern, options);
    return [{ path: clean, node }];
  }
  const matches = glob(source, clean);
  if (matches.length === 0) throw notFound(pattern, options);
  return matches;
}

function notFound(pattern: string, options: CopyOptions): CopyError {
  const where = options.confined
    ? `file not found in build context or excluded by .dockerignore`
    : 'file not found in the source image';
  return new CopyError(`${where}: stat ${pattern.replace(/^\/+/, '')}: file does not exist`);
}

/** Whether `..` climbs above where it starts. */
function leadsOut(text: string): boolean {
  let depth = 0;
  for (const part of text.split('/')) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}

/** Follows links as long as they stay inside; an absolute one points at this machine, not into the context. */
function resolveConfined(source: FileTree, clean: string): string {
  const names = clean.split('/').filter((name) => name !== '');
  let resolved = '';
  for (let steps = 0; names.length > 0; steps++) {
    const name = names.shift() ?? '';
    if (name === '..') {
      resolved = path.posix.dirname(resolved || '/').replace(/^\/$/, '');
      continue;
    }
    const node = source.lookup(`${resolved}/${name}`);
    if (node?.type !== 'symlink') {
      resolved += `/${name}`;
      continue;
    }
    const out = node.target.startsWith('/') || leadsOut(`${resolved}/${node.target}`);
    if (out || steps > 255) {
      throw new CopyError(
        `forbidden path outside the build context: ${clean.slice(1)} is a link to ${node.target}`,
      );
    }
    names.unshift(...node.target.split('/').filter((part) => part !== '' && part !== '.'));
  }
  return resolved || '/';
}

/** Matches each component as Go's `filepath.Match` does, `**` included. */
function glob(source: FileTree, pattern: string): Match[] {
  let expression: RegExp;
  try {
    expression = new RegExp(`^${patternSource(pattern.slice(1))}$`, 's');
  } catch {
    throw new CopyError(`syntax error in pattern ${pattern.slice(1)}`);
  }
  const matches: Match[] = [];
  for (const [where, node] of walkTree(source.root)) {
    if (!expression.test(where)) continue;
    const followed = node.type === 'symlink' ? followInside(source, where) : node;
    if (followed) matches.push({ path: `/${where}`, node: followed });
  }
  return matches;
}

function followInside(source: FileTree, where: string): TreeNode | undefined {
  return source.lookup(resolveConfined(source, `/${where}`));
}

class Copy {
  readonly nodes = new Map<string, TreeNode>();
  readonly #target: FileTree;
  readonly #options: CopyOptions;
  readonly #excluded: RegExp[];
  /** Directories whose parents are among the nodes. */
  readonly #noted = new Set<string>();

  constructor(target: FileTree, options: CopyOptions) {
    this.#target = target;
    this.#options = options;
    this.#excluded = (options.exclude ?? []).map(
      (pattern) => new RegExp(`^${patternSource(pattern.replace(/^\/+/, ''))}(?:/.*)?$`, 's'),
    );
  }

  add({ path: from, node }: Match, destination: string, intoDirectory: boolean): void {
    if (node.type === 'directory' && !this.#options.parents) {
      this.#addDirectory(node, this.#target.resolve(destination));
      return;
    }
    const inside = intoDirectory || isDirectory(this.#target.follow(destination));
    const where = inside ? `${destination}/${path.posix.basename(from)}` : destination;
    const resolved = this.#target.resolve(where);
    if (node.type === 'directory') this.#addDirectory(node, resolved);
    else this.#put(resolved, node);
  }

  /** The contents go in; the directory itself only lends its attributes to one that is new. */
  #addDirectory(directory: DirectoryNode, resolved: string): void {
    const existing = this.#target.lookup(resolved);
    if (existing !== undefined && existing.type !== 'directory') {
      throw new CopyError(`cannot copy to non-directory: ${resolved}`);
    }
    if (existing === undefined) this.#put(resolved, directory);
    else this.#noteParents(`${resolved}/x`);
    const target = this.#target.lookup(resolved);
    if (isDirectory(target)) this.#fill(directory, '', target, resolved === '/' ? '' : resolved);
  }

  /** Goes down both trees at once: a path would have to be looked up for each of thousands of files. */
  #fill(source: DirectoryNode, from: string, target: DirectoryNode, to: string): void {
    for (const [name, node] of source.children) {
      const relative = `${from}${name}`;
      if (this.#excluded.some((expression) => expression.test(relative))) continue;
      const resolved = `${to}/${name}`;
      const changed = this.#merged(resolved, target.children.get(name), node);
      target.children.set(name, changed);
      this.nodes.set(resolved, changed);
      if (node.type === 'directory' && changed.type === 'directory') {
        this.#fill(node, `${relative}/`, changed, resolved);
      }
    }
  }

  #put(resolved: string, node: TreeNode): void {
    if (resolved === '/') return;
    this.#noteParents(resolved);
    const changed = this.#merged(resolved, this.#target.lookup(resolved), node);
    this.#target.set(resolved, changed);
    this.nodes.set(resolved, changed);
  }

  /** What comes in the place of what is there. @throws CopyError */
  #merged(resolved: string, existing: TreeNode | undefined, node: TreeNode): TreeNode {
    const changed = this.#changed(node);
    if (existing && isDirectory(existing) !== isDirectory(changed)) {
      throw new CopyError(
        isDirectory(existing)
          ? `cannot replace directory ${resolved} with a file`
          : `cannot copy to non-directory: ${resolved}`,
      );
    }
    if (isDirectory(changed) && isDirectory(existing)) changed.children = existing.children;
    return changed;
  }

  /** A layer that is unpacked on its own must know the modes of the directories above its files. */
  #noteParents(resolved: string): void {
    const parent = resolved.slice(0, resolved.lastIndexOf('/'));
    if (this.#noted.has(parent)) return;
    this.#noted.add(parent);
    const names = resolved
      .split('/')
      .filter((name) => name !== '')
      .slice(0, -1);
    let where = '';
    for (const name of names) {
      where += `/${name}`;
      let node = this.#target.lookup(where);
      if (node === undefined) {
        node = newDirectory({ mtime: this.#options.now, ...this.#options.owner });
        this.#target.set(where, node);
      }
      if (node.type !== 'directory') throw new CopyError(`cannot copy to non-directory: ${where}`);
      this.nodes.set(where, node);
    }
  }

  #changed(node: TreeNode): TreeNode {
    const { owner, mode } = this.#options;
    const changed = {
      ...node,
      ...owner,
      ...(mode !== undefined && node.type !== 'symlink' && { mode }),
    };
    return changed.type === 'directory' ? { ...changed, children: new Map() } : changed;
  }
}
