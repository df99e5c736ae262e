import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closest } from '../base/closest.js';
import { Failure } from '../base/failure.js';
import type { Lab } from './definition.js';
import { readLab } from './read-lab.js';

/** The folder of the labs that come with Lazurite. */
export const LABS_FOLDER = fileURLToPath(new URL('../../labs', import.meta.url));

/** Names of the labs that come with Lazurite, sorted. */
export function labNames(): string[] {
  return readdirSync(LABS_FOLDER)
    .filter((name) => existsSync(join(LABS_FOLDER, name, 'lab.yaml')))
    .sort();
}

/** All labs that come with Lazurite. @throws Failure when one of them is faulty */
export function allLabs(): Lab[] {
  return labNames().map((name) => readLab(join(LABS_FOLDER, name)));
}

const DIFFICULTIES: readonly string[] = ['beginner', 'intermediate', 'advanced'];

/** By category, within it the easiest first, then by name. */
export function inTeachingOrder<T extends { name: string; category: string; difficulty: string }>(
  labs: readonly T[],
): T[] {
  const rank = ({ category, difficulty, name }: T): string =>
    [category, DIFFICULTIES.indexOf(difficulty), name].join('\0');
  return [...labs].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/**
 * Finds a lab by name, or by the folder that holds it.
 *
 * @throws Failure naming the labs there are, and the nearest one
 */
export function findLab(name: string): Lab {
  const names = labNames();
  if (names.includes(name)) return readLab(join(LABS_FOLDER, name));
  const looksLikePath = name.includes('/') || name.startsWith('.');
  if (looksLikePath || (existsSync(join(name, 'lab.yaml')) && statSync(name).isDirectory())) {
    return readLab(name);
  }
  const nearest = closest(name, names, { slipsOnly: true });
  throw new Failure(`there is no lab "${name}"`, {
    why: `the labs are: ${names.join(', ')}`,
    help: nearest === undefined ? 'lazurite lab list' : `lazurite lab run ${nearest}`,
    exitCode: 2,
  });
}
