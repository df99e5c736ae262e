import * as fs from 'node:fs';
import { join } from 'node:path';
import { DirectoryWalk } from './directory-walk.js';
import { readLayerRecord, type LayerRecord } from './layer-store.js';

/**
 * Makes one tree of layers by copying, for where no overlay can be mounted. Every file is a copy of its
 * own (sharing the blocks where the file system can): a container may write to it.
 *
 * @param layerPaths Base layer first.
 * @param target An existing empty directory.
 */
export async function mergeLayers(layerPaths: readonly string[], target: string): Promise<void> {
  for (const path of layerPaths) {
    const record = await readLayerRecord(path);
    if (record) removeHidden(target, record);
    const implicit = new Set(record?.implicit ?? []);
    new TreeCopy(path, target, implicit).copy();
  }
}

function removeHidden(target: string, record: LayerRecord): void {
  for (const path of record.whiteouts) {
    fs.rmSync(join(target, path), { recursive: true, force: true });
  }
  for (const path of record.opaques) {
    const directory = join(target, path);
    if (!fs.lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()) continue;
    for (const name of fs.readdirSync(directory)) {
      fs.rmSync(join(directory, name), { recursive: true, force: true });
    }
  }
}

/** Copies a tree over another: modes, owners, times, links between files. */
export class TreeCopy {
  readonly #source: string;
  readonly #target: string;
  readonly #implicit: ReadonlySet<string>;
  readonly #privileged = process.geteuid?.() === 0;
  /** First copy of each file that has several names. */
  readonly #linked = new Map<number, string>();

  /** @param implicit Directories without an entry of their own: a link below them stays a link. */
  constructor(source: string, target: string, implicit: ReadonlySet<string> = new Set()) {
    this.#source = source;
    this.#target = target;
    this.#implicit = implicit;
  }

  copy(): void {
    this.#directory([], []);
  }

  /** `to` differs from `from` where the target has a link to a directory in the place of a parent. */
  #directory(from: string[], to: string[]): void {
    const source = join(this.#source, ...from);
    for (const entry of fs.readdirSync(source, { withFileTypes: true })) {
      const path = join(source, entry.name);
      const stat = fs.lstatSync(path);
      if (stat.isDirectory()) this.#subdirectory([...from, entry.name], [...to, entry.name], stat);
      else this.#leaf(path, join(this.#target, ...to, entry.name), stat);
    }
  }

  #subdirectory(from: string[], to: string[], stat: fs.Stats): void {
    const path = join(this.#target, ...to);
    const existing = fs.lstatSync(path, { throwIfNoEntry: false });
    const implicit = this.#implicit.has(from.join('/'));
    if (existing?.isSymbolicLink() && implicit) {
      // As when the layer had been unpacked over its parents: written through, inside the root.
      this.#directory(from, new DirectoryWalk(this.#target).resolve(to));
      return;
    }
    if (existing && !existing.isDirectory()) fs.rmSync(path);
    if (!existing?.isDirectory()) fs.mkdirSync(path, { mode: 0o700 });
    this.#directory(from, to);
    if (existing?.isDirectory() && implicit) return;
    if (this.#privileged) fs.chownSync(path, stat.uid, stat.gid);
    fs.chmodSync(path, stat.mode & 0o7777);
    fs.utimesSync(path, stat.atime, stat.mtime);
  }

  #leaf(source: string, target: string, stat: fs.Stats): void {
    if (!stat.isFile() && !stat.isSymbolicLink()) return; // overlay marks, pipes
    fs.rmSync(target, { recursive: true, force: true });
    if (stat.isSymbolicLink()) {
      fs.symlinkSync(fs.readlinkSync(source), target);
    } else {
      const first = stat.nlink > 1 ? this.#linked.get(stat.ino) : undefined;
      if (first !== undefined) {
        fs.linkSync(first, target);
        return;
      }
      fs.copyFileSync(source, target, fs.constants.COPYFILE_FICLONE);
      if (stat.nlink > 1) this.#linked.set(stat.ino, target);
    }
    if (this.#privileged) fs.lchownSync(target, stat.uid, stat.gid);
    if (stat.isFile()) fs.chmodSync(target, stat.mode & 0o7777);
    fs.lutimesSync(target, stat.atime, stat.mtime);
  }
}
