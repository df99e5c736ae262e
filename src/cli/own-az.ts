import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeShim } from '../base/programs.js';

const ENTRY = fileURLToPath(new URL('../../bin/lazurite.cjs', import.meta.url));

/**
 * Writes an `az` that runs `lazurite az`.
 *
 * @param home e.g. `'/home/me/.lazurite'`
 * @returns the folder to put on PATH, e.g. `'/home/me/.lazurite/run/bin'`
 */
export function writeOwnAz(home: string): string {
  const folder = join(home, 'run', 'bin');
  mkdirSync(folder, { recursive: true });
  writeShim(join(folder, 'az'), [process.execPath, ENTRY, 'az']);
  return folder;
}
