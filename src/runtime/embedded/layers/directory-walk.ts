import { lstatSync, mkdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { UnsafeEntryError } from '../../../oci/layer/entry-path.js';

/** As many links as the kernel follows in one path. */
const MAX_LINKS = 40;

/**
 * Finds real directories below a root without ever letting the kernel follow a symbolic link: each
 * component is looked at before it is used, links are resolved here with the root as their `/`, and `..`
 * stops at the root. Sound because nothing else changes the tree meanwhile.
 */
export class DirectoryWalk {
  readonly #root: string;
  readonly #onMissing: ((components: string[]) => void) | undefined;
  /** Paths known to be real directories; forgotten when an entry is replaced. */
  readonly #known = new Set<string>();

  /** @param onMissing Makes missing directories and tells of each; without it they are an error. */
  constructor(root: string, onMissing?: (components: string[]) => void) {
    this.#root = root;
    this.#onMissing = onMissing;
  }

  /**
   * The real components of the directory that these components name.
   *
   * @throws UnsafeEntryError when one is no directory, or the links do not end.
   */
  resolve(components: readonly string[]): string[] {
    if (this.#known.has(components.join('/'))) return [...components];
    const pending = [...components];
    const real: string[] = [];
    for (let links = 0; pending.length > 0;) {
      const part = pending.shift() ?? '';
      if (part === '..') {
        real.pop();
        continue;
      }
      const target = this.#step([...real, part], components);
      if (target === undefined) {
        real.push(part);
      } else {
        links += 1;
        if (links > MAX_LINKS) throw new UnsafeEntryError(components.join('/'), 'its links loop');
        if (target.startsWith('/')) real.length = 0;
        pending.unshift(...target.split('/').filter((each) => each !== '' && each !== '.'));
      }
    }
    return real;
  }

  /** Makes sure of one component; returns the target when it is a symbolic link. */
  #step(path: string[], wanted: readonly string[]): string | undefined {
    const key = path.join('/');
    if (this.#known.has(key)) return undefined;
    const full = join(this.#root, ...path);
    const stat = lstatSync(full, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) return readlinkSync(full);
    if (stat === undefined) {
      if (!this.#onMissing) throw new UnsafeEntryError(wanted.join('/'), 'it does not exist');
      mkdirSync(full, 0o755);
      this.#onMissing(path);
    } else if (!stat.isDirectory()) {
      throw new UnsafeEntryError(wanted.join('/'), `${key} is not a directory`);
    }
    this.#known.add(key);
    return undefined;
  }

  /** To be called when the entry at a path is replaced by something else. */
  forget(components: readonly string[]): void {
    const key = components.join('/');
    if (!this.#known.has(key)) return;
    for (const path of this.#known) {
      if (path === key || path.startsWith(`${key}/`)) this.#known.delete(path);
    }
  }
}
