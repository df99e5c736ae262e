import { lstatSync, readFileSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where every container has mounts, parents first. */
const MOUNT_POINTS = [
  ...['dev', 'proc', 'sys', 'etc'],
  ...['etc/hosts', 'etc/hostname', 'etc/resolv.conf'],
  ...['dev/null', 'dev/zero', 'dev/full', 'dev/random', 'dev/urandom'],
];

/**
 * A folder lent to a container as its root, which a build step takes a snapshot of afterwards: what was
 * made there only to mount something on goes again. All of these are in the root or in a real folder
 * there, so no link of the image is followed.
 */
export class BorrowedRoot {
  readonly #root: string;
  readonly #missing: string[];

  constructor(root: string) {
    this.#root = root;
    this.#missing = MOUNT_POINTS.filter((path) => this.#stat(path) === undefined);
  }

  /** Whether the folder has a file of its own at this path, e.g. `'/etc/hosts'`. */
  has(path: string): boolean {
    return !this.#missing.includes(path.slice(1));
  }

  /** @param contents What was put into files that were missing, by path. */
  restore(contents: ReadonlyMap<string, string>): void {
    for (const path of [...this.#missing].reverse()) {
      if (this.#stat(dirname(path))?.isDirectory() !== true) continue;
      const full = join(this.#root, path);
      const stat = this.#stat(path);
      if (stat?.isDirectory()) removeIfEmpty(full);
      else if (stat?.isCharacterDevice()) unlinkSync(full);
      else if (stat?.isFile() && isOurs(full, contents.get(`/${path}`))) unlinkSync(full);
    }
  }

  #stat(path: string) {
    try {
      return lstatSync(join(this.#root, path), { throwIfNoEntry: false });
    } catch {
      return undefined; // its parent is no folder
    }
  }
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // the container put something there: now it belongs to the tree
  }
}

/** An empty file is a mount point; any other is only ours when nobody wrote to it. */
function isOurs(path: string, content = ''): boolean {
  const text = readFileSync(path, 'utf8');
  return text === '' || text === content;
}
