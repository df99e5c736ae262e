import { createHash } from 'node:crypto';
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { runtimeCgroups } from './leftovers.js';

/** Control groups of this home's containers: their folders carry a hash of its own. */
export function cgroupsOf(home: string): string[] {
  const own = runtimeCgroups().filter((folder) => folder.endsWith(`lazurite-${keyOf(home, 10)}`));
  return own.flatMap((folder) => [folder, ...foldersIn(folder)]);
}

function keyOf(home: string, length: number): string {
  const state = realpathSync(join(home, 'runtime'));
  return createHash('sha256').update(state).digest('hex').slice(0, length);
}

function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  } catch {
    return []; // it is gone
  }
}
