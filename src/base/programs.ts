import { accessSync, constants, renameSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a file is there that this process may run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The folders of a value of PATH, e.g. `'/usr/bin:/bin'`; empty entries name none. */
export function foldersOf(path: string): string[] {
  return path.split(delimiter).filter((folder) => folder !== '');
}

/**
 * Finds a program as a shell does.
 *
 * @param name e.g. `'crun'`
 * @returns its path in the first folder that has it, or undefined
 */
export function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/**
 * Writes an executable that runs a command and passes its own arguments on. It appears whole, also for
 * who is starting the one before it at this very moment.
 *
 * @param file e.g. `'/home/me/.lazurite/run/bin/az'`
 * @param command e.g. `['/usr/bin/node', '/opt/lazurite/bin/lazurite.cjs', 'az']`
 */
export function writeShim(file: string, command: readonly string[]): void {
  const draft = `${file}.${process.pid}`;
  const words = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  writeFileSync(draft, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
  renameSync(draft, file);
}
