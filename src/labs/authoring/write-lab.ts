import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '../../base/failure.js';
import { LABS_FOLDER } from '../catalogue.js';

/** A file of a new lab. */
export interface NewFile {
  /** Below the lab's folder, e.g. `'infra/app.bicep'`. */
  path: string;
  content: string;
  executable?: boolean;
}

/** Scripts and workload that the labs share; a lab of one's own takes a copy along. */
const COMMON = 'common';
const OF_THE_CATALOGUE = new Set(['causes.yaml']);

/** @throws Failure for a name that no lab can have */
export function checkLabName(name: string): void {
  if (/^[a-z][a-z0-9-]{0,39}$/.test(name)) return;
  throw new Failure(`"${name}" is no name for a lab`, {
    why: 'small letters, digits and dashes, a letter first, 40 at most: it is part of names on Azure too',
    help: 'lazurite lab new my-lab',
    exitCode: 2,
  });
}

/**
 * Writes a lab's folder, whole or not at all.
 *
 * @param fill writes what it needs into the folder, besides the scripts that labs share
 * @throws Failure when there is something already: nothing is ever overwritten
 */
export async function writeLab(
  folder: string,
  fill: (staging: string) => Promise<void> | void,
): Promise<string> {
  const target = resolve(folder);
  if (existsSync(target)) throw isThere(target);
  mkdirSync(dirname(target), { recursive: true });
  const staging = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  try {
    cpSync(join(LABS_FOLDER, COMMON), join(staging, COMMON), {
      recursive: true,
      filter: (source) => !OF_THE_CATALOGUE.has(basename(source)),
    });
    await fill(staging);
    if (existsSync(target)) throw isThere(target);
    renameSync(staging, target);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    throw error;
  }
  return target;
}

export function writeFiles(folder: string, files: readonly NewFile[]): void {
  for (const { path, content, executable } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: executable === true ? 0o755 : 0o644, flag: 'wx' });
  }
}

function isThere(target: string): Failure {
  return new Failure(`${target} is there already`, {
    why: 'a new lab overwrites nothing',
    help: 'choose another name, or another folder with --output',
    exitCode: 2,
  });
}
