import { accessSync, constants, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
  const script = `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(ENTRY)} az "$@"\n`;
  // Another shell may be starting it this very moment: it is replaced whole.
  const draft = join(folder, `.az-${process.pid}`);
  writeFileSync(draft, script, { mode: 0o755 });
  renameSync(draft, join(folder, 'az'));
  return folder;
}

/**
 * @param path the value of PATH
 * @param except a folder of ours
 * @returns the path of an `az` that is installed, or undefined
 */
export function installedAz(path: string, except: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '' && folder !== except)
    .map((folder) => join(folder, 'az'))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
