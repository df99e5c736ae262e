import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { constants as systemConstants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExecutable } from '../../base/programs.js';

/** The directory is the same whether this file runs as source or compiled to `dist/`. */
const BINARIES = new URL('../../../src/runtime/embedded/native/bin/', import.meta.url);

/**
 * Finds the helper program for this machine. A copy goes to the state directory when the installed file
 * lost its executable bit, as some archives make it.
 *
 * @returns undefined where there is no helper: another system, another processor.
 */
export function findCell(stateDirectory: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const installed = fileURLToPath(new URL(`cell-linux-${process.arch}`, BINARIES));
  if (!existsSync(installed)) return undefined;
  if (isExecutable(installed)) return installed;
  const copy = join(stateDirectory, 'bin', 'cell');
  mkdirSync(join(stateDirectory, 'bin'), { recursive: true });
  copyFileSync(installed, copy);
  chmodSync(copy, 0o755);
  return copy;
}

/** `13` to `'EACCES'`. */
export function errnoName(errno: number): string {
  const known = Object.entries(systemConstants.errno).find(([, value]) => value === errno);
  return known?.[0] ?? (errno > 0 ? `errno ${errno}` : 'OTHER');
}

/** An error of a kernel call inside the helper; `code` is what Node would have set. */
export class CellError extends Error {
  /** What was being done, e.g. `'mount overlay'`. */
  readonly step: string;
  /** e.g. `'EPERM'` */
  readonly code: string;

  constructor(step: string, errno: number) {
    super(`${step}: ${errnoName(errno)}`);
    this.name = 'CellError';
    this.step = step;
    this.code = errnoName(errno);
  }
}
