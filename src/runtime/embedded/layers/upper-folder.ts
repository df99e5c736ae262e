import { lstatSync, readdirSync, type BigIntStats } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Digest } from '../../../oci/digest.js';
import { removeTree } from '../../../storage/remove-tree.js';
import type { WrittenFolder, WrittenPath } from '../../runtime.js';
import { readAttributes } from './extended-attributes.js';
import type { LayerStore } from './layer-store.js';

/** Paths that are looked at before others get their turn. */
const PATHS_A_TURN = 250;

/** What is written to a stacked root: overlayfs's upper directory, with the directory that it works in beside it. */
export class UpperFolder implements WrittenFolder {
  readonly directory: string;
  readonly #store: LayerStore;
  readonly #cell: string;
  #listed: Map<string, WrittenPath> | undefined;

  private constructor(store: LayerStore, cell: string, directory: string) {
    this.#store = store;
    this.#cell = cell;
    this.directory = directory;
  }

  static async create(store: LayerStore, cell: string): Promise<UpperFolder> {
    const scratch = await store.scratch();
    for (const name of ['fs', 'work']) await mkdir(join(scratch, name), { mode: 0o755 });
    return new UpperFolder(store, cell, join(scratch, 'fs'));
  }

  async list(): Promise<ReadonlyMap<string, WrittenPath>> {
    const found = await walk(this.directory);
    const paths = [...found.keys()];
    const told = paths.filter((path) => {
      const stats = found.get(path);
      return stats?.isDirectory() === true || stats?.isFile() === true;
    });
    const relative = told.map((path) => path.slice(1));
    const attributes = await readAttributes(this.#cell, this.directory, relative);
    const byPath = new Map(told.map((path, index) => [path, attributes[index]]));
    this.#listed = new Map(
      [...found].map(([path, stats]) => [path, describe(stats, byPath.get(path))]),
    );
    return this.#listed;
  }

  /** Only what was listed: no link of the container is on the way there. */
  async leaveOut(paths: Iterable<string>): Promise<void> {
    const listed = this.#listed ?? new Map<string, WrittenPath>();
    for (const path of paths) {
      if (!listed.has(path)) continue;
      await removeTree(`${this.directory}${path}`);
      for (const known of listed.keys()) {
        if (known === path || known.startsWith(`${path}/`)) listed.delete(known);
      }
    }
  }

  async keepAs(diffId: Digest): Promise<string | undefined> {
    if (this.#listed === undefined) await this.list();
    const listed = [...(this.#listed ?? [])];
    const pathsOf = (is: (path: WrittenPath) => boolean): string[] =>
      listed.flatMap(([path, written]) => (is(written) ? [path.slice(1)] : []));
    const scratch = dirname(this.directory);
    await removeTree(join(scratch, 'work'));
    return this.#store.adopt(scratch, {
      diffId,
      whiteouts: pathsOf((path) => path.removed),
      opaques: pathsOf((path) => path.opaque),
      implicit: [],
      pipes: [],
      capabilities: [],
      skippedDevices: 0,
    });
  }

  async remove(): Promise<void> {
    await removeTree(dirname(this.directory));
  }
}

async function walk(directory: string): Promise<Map<string, BigIntStats>> {
  const found = new Map<string, BigIntStats>();
  const pending = [''];
  for (let where = pending.pop(); where !== undefined; where = pending.pop()) {
    for (const name of readdirSync(`${directory}${where}`)) {
      const path = `${where}/${name}`;
      const stats = lstatSync(`${directory}${path}`, { bigint: true });
      found.set(path, stats);
      if (found.size % PATHS_A_TURN === 0) await othersTurn();
      if (stats.isDirectory()) pending.push(path);
    }
  }
  return found;
}

/** @see https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories */
function describe(stats: BigIntStats, attributes?: ReadonlyMap<string, string>): WrittenPath {
  const isMark = (name: string): boolean => attributes?.get(`${name}.overlay.opaque`) === '79'; // "y"
  const capability = attributes?.get('security.capability');
  return {
    stats,
    removed: stats.isCharacterDevice() && stats.rdev === 0n,
    opaque: isMark('trusted') || isMark('user'),
    ...(capability !== undefined && { capability }),
  };
}
