import { randomUUID } from 'node:crypto';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { claimOwnership, isAlive, readOwner } from '../base/owner-file.js';
import { removeTree } from './remove-tree.js';

const OWNER_FILE = 'owner.json';
/** A folder without an owner is being made right now, or was left by a process killed in that moment. */
const UNCLAIMED_MS = 60_000;

/** Where one process works, in a folder that several processes share. */
export class WorkDirectory {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Makes one, and removes those whose process has ended, however it ended.
   *
   * @param all the folder of all processes' folders, e.g. `'~/.lazurite/build/work'`
   */
  static async open(all: string, now: Date): Promise<WorkDirectory> {
    await mkdir(all, { recursive: true, mode: 0o700 });
    await clearLeftovers(all, now);
    const directory = path.join(all, randomUUID());
    await mkdir(directory);
    claimOwnership(path.join(directory, OWNER_FILE));
    return new WorkDirectory(directory);
  }

  path(name: string): string {
    return path.join(this.directory, name);
  }

  async remove(): Promise<void> {
    await removeTree(this.directory);
  }
}

async function clearLeftovers(all: string, now: Date): Promise<void> {
  for (const name of await readdir(all)) {
    const directory = path.join(all, name);
    const owner = readOwner(path.join(directory, OWNER_FILE));
    if (owner ? isAlive(owner) : await isYoung(directory, now)) continue;
    await removeTree(directory);
  }
}

async function isYoung(directory: string, now: Date): Promise<boolean> {
  const stats = await stat(directory).catch(() => undefined);
  return stats !== undefined && now.getTime() - stats.mtimeMs < UNCLAIMED_MS;
}
