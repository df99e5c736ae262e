import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimOwnership, isAlive, readOwner } from '../base/owner-file.js';

/** What a run makes among the temporary files: the home of its Lazurite, and the folder of its programs. */
const PREFIXES = { home: 'lazurite-lab-', programs: 'lazurite-az-' } as const;
/** Names the process that made the folder; a folder without it is nobody's to remove but its user's. */
const RUNNER_FILE = 'lab-runner.json';
/** Below a home: names the Lazurite that runs in it. */
const LAZURITE_FILE = join('run', 'owner.json');

/** A temporary folder that a later run removes when this process is killed. */
export interface RunFolder {
  path: string;
  remove(): void;
  /** It is the user's from now on. */
  keep(): void;
}

export function makeRunFolder(kind: keyof typeof PREFIXES): RunFolder {
  const path = mkdtempSync(join(tmpdir(), PREFIXES[kind]));
  const ownership = claimOwnership(join(path, RUNNER_FILE));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    },
    keep: () => {
      ownership.release();
    },
  };
}

/**
 * Removes the folders of runs that were killed: neither who made it lives, nor the Lazurite in it, which takes a
 * moment to end after them.
 *
 * @returns the folders that are gone now
 */
export function clearKilledRuns(): string[] {
  return readdirSync(tmpdir())
    .filter((name) => Object.values(PREFIXES).some((prefix) => name.startsWith(prefix)))
    .map((name) => join(tmpdir(), name))
    .filter(isLeft)
    .filter(removed);
}

function isLeft(folder: string): boolean {
  const runner = readOwner(join(folder, RUNNER_FILE));
  if (!runner || isAlive(runner)) return false;
  const lazurite = readOwner(join(folder, LAZURITE_FILE));
  return !lazurite || !isAlive(lazurite);
}

/** What can't be removed now, such as files of another user, must not keep a lab from running. */
function removed(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    return true;
  } catch {
    return false;
  }
}
