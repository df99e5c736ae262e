import path from 'node:path/posix';
import { DocumentError } from '../../oci/document.js';
import { UnsafeEntryError } from '../../oci/layer/entry-path.js';
import type { Program } from '../../oci/program/program.js';

interface DirectoryNode {
  type: 'directory';
  /** Number of the layer that said so last. */
  layer: number;
  children: Map<string, FileNode>;
}

interface LinkNode {
  type: 'symlink';
  layer: number;
  target: string;
}

interface PlainNode {
  type: 'file' | 'other';
  layer: number;
  executable: boolean;
  program: Program | undefined;
}

type FileNode = DirectoryNode | LinkNode | PlainNode;

/** What a path leads to. */
export interface FoundFile {
  /** Where it really lies, e.g. `'/usr/bin/node'`. */
  path: string;
  type: 'file' | 'directory' | 'other';
  executable: boolean;
  /** What it is when it is started; undefined for a file that the system cannot start. */
  program: Program | undefined;
}

interface Resolved extends FoundFile {
  directory?: DirectoryNode;
}

/** Real images have fewer files; what has more is meant to fill memory. */
const MAX_FILES = 2_000_000;
/** Linux gives up after this many as well. */
const MAX_LINKS = 40;

/**
 * The names of an image's files, laid over one another layer by layer, and what kinds of programs they are.
 * Contents are not kept.
 */
export class ImageFiles {
  readonly #root: DirectoryNode = newDirectory(0);
  /** Windows does not tell `Files/Windows` from `files/windows`. */
  readonly #ignoreCase: boolean;
  #layer = 0;
  #count = 0;

  constructor(options: { ignoreCase?: boolean } = {}) {
    this.#ignoreCase = options.ignoreCase ?? false;
  }

  /** What comes now lies over what came before. */
  beginLayer(): void {
    this.#layer++;
  }

  /** @param components of the path, from `entryComponents` */
  addDirectory(components: readonly string[]): void {
    const name = components.at(-1);
    if (name === undefined) return;
    const parent = this.#parentOf(components);
    const existing = parent.children.get(this.#key(name));
    if (existing?.type === 'directory') existing.layer = this.#layer;
    else this.#put(components, newDirectory(this.#layer));
  }

  addSymlink(components: readonly string[], target: string): void {
    this.#put(components, { type: 'symlink', layer: this.#layer, target });
  }

  addFile(components: readonly string[], executable: boolean, program: Program | undefined): void {
    this.#put(components, { type: 'file', layer: this.#layer, executable, program });
  }

  /** A device, a pipe. */
  addOther(components: readonly string[]): void {
    const node = { type: 'other', executable: false, program: undefined } as const;
    this.#put(components, { ...node, layer: this.#layer });
  }

  /** @throws UnsafeEntryError when there is nothing to link to */
  addHardLink(components: readonly string[], target: readonly string[]): void {
    const parent = this.#resolve(target.slice(0, -1))?.directory;
    const node = parent?.children.get(this.#key(target.at(-1) ?? ''));
    if (node === undefined || node.type === 'directory') {
      throw new UnsafeEntryError(components.join('/'), 'it is a link to a file that is not there');
    }
    this.#put(components, { ...node, layer: this.#layer });
  }

  /** Takes away what the layers below have under a name. */
  removeBelow(components: readonly string[]): void {
    const name = components.at(-1);
    const parent = this.#resolve(components.slice(0, -1))?.directory;
    if (name === undefined || parent === undefined) return;
    const key = this.#key(name);
    const node = parent.children.get(key);
    if (node === undefined) return;
    if (node.type === 'directory') this.#clearBelow(node);
    if (node.layer < this.#layer && !hasChildren(node)) parent.children.delete(key);
  }

  /** Takes away all that the layers below have in a directory. */
  clearBelow(components: readonly string[]): void {
    const directory = this.#resolve(components)?.directory;
    if (directory) this.#clearBelow(directory);
  }

  #clearBelow(directory: DirectoryNode): void {
    for (const [key, child] of directory.children) {
      if (child.type === 'directory') this.#clearBelow(child);
      if (child.layer < this.#layer && !hasChildren(child)) directory.children.delete(key);
    }
  }

  /** What a path leads to, through links as the system follows them; undefined when that is nothing. */
  lookUp(file: string): FoundFile | undefined {
    return this.#resolve(file.split('/'));
  }

  /** Paths in a directory; empty when it is none. */
  list(directory: string): string[] {
    const found = this.#resolve(directory.split('/'));
    const names = found?.directory ? [...found.directory.children.keys()] : [];
    return names.map((name) => path.join(found?.path ?? '/', name));
  }

  #resolve(components: readonly string[]): Resolved | undefined {
    const pending = [...components];
    const trail: { name: string; directory: DirectoryNode }[] = [];
    const here = (): DirectoryNode => trail.at(-1)?.directory ?? this.#root;
    const pathTo = (name: string): string =>
      `/${[...trail.map((step) => step.name), name].join('/')}`;
    for (let links = 0; pending.length > 0;) {
      const name = pending.shift() ?? '';
      if (name === '' || name === '.') continue;
      if (name === '..') {
        trail.pop();
        continue;
      }
      const node = here().children.get(this.#key(name));
      if (node === undefined || (node.type === 'symlink' && ++links > MAX_LINKS)) return undefined;
      if (node.type === 'directory') trail.push({ name, directory: node });
      else if (node.type === 'symlink') {
        if (node.target.startsWith('/')) trail.length = 0;
        pending.unshift(...node.target.split('/'));
      } else {
        const { type, executable, program } = node;
        return pending.length > 0 ? undefined : { path: pathTo(name), type, executable, program };
      }
    }
    const directory = here();
    const where = `/${trail.map((step) => step.name).join('/')}`;
    return { path: where, type: 'directory', executable: false, program: undefined, directory };
  }

  #put(components: readonly string[], node: FileNode): void {
    const name = components.at(-1);
    if (name === undefined) return;
    if (++this.#count > MAX_FILES) {
      throw new DocumentError(`the image has more than ${MAX_FILES} files`);
    }
    this.#parentOf(components).children.set(this.#key(name), node);
  }

  /** Layers may leave out the directories that their files are in; links to directories are followed. */
  #parentOf(components: readonly string[]): DirectoryNode {
    let at = this.#root;
    for (const [index, name] of components.slice(0, -1).entries()) {
      const key = this.#key(name);
      const next = at.children.get(key);
      const linked =
        next?.type === 'symlink' ? this.#resolve(components.slice(0, index + 1)) : undefined;
      const known = next?.type === 'directory' ? next : linked?.directory;
      if (known) {
        at = known;
        continue;
      }
      const made = newDirectory(this.#layer);
      at.children.set(key, made);
      at = made;
    }
    return at;
  }

  #key(name: string): string {
    return this.#ignoreCase ? name.toLowerCase() : name;
  }
}

function newDirectory(layer: number): DirectoryNode {
  return { type: 'directory', layer, children: new Map() };
}

function hasChildren(node: FileNode): boolean {
  return node.type === 'directory' && node.children.size > 0;
}
