import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from './failure.js';

/**
 * Makes a folder that only its owner can read, with its parents; one that is there stays as it is.
 * Node's `recursive` never returns below /proc, where a parent can't be made.
 */
export function makeFolder(directory: string): void {
  try {
    makeLastFolder(directory);
  } catch (error) {
    const parent = dirname(directory);
    if (codeOf(error) !== 'ENOENT' || parent === directory) throw error;
    makeFolder(parent);
    makeLastFolder(directory);
  }
}

function makeLastFolder(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !statSync(directory).isDirectory()) throw error;
  }
}
