import { randomUUID } from 'node:crypto';
import { lstat, mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../base/failure.js';
import { holdingCaches } from './cache-turns.js';
import { WordError } from './dockerfile/words.js';
import type { Execution } from './execution.js';
import { makeEmpty, prepareCache, setAccess } from './folder-mounts.js';
import type { FolderMount } from '../../runtime/runtime.js';
import type { PlannedMount } from './plan-mounts.js';
import { writeDraft } from './tree/root-directory.js';

/**
 * Puts the mounts into a root directory that is a copy, lets `use` run, and takes them out again, so that nothing of
 * them can get into the layer. Caches are mounted where the runtime can, and else moved in and back;
 * everything else is a copy.
 */
export async function withMounts<T>(
  execution: Execution,
  { root, canMount }: { root: string; canMount: boolean },
  mounts: readonly PlannedMount[],
  use: (folders: FolderMount[]) => Promise<T>,
): Promise<T> {
  const caches = mounts.flatMap(({ content }) =>
    content.type === 'cache' ? [content.directory] : [],
  );
  const isMounted = (mount: PlannedMount): boolean => canMount && mount.content.type === 'cache';
  const mounted = mounts.filter(isMounted);
  const others = mounts.filter((mount) => !isMounted(mount));
  return holdingCaches(execution, caches, () =>
    nested(execution, root, others, () => withCaches(root, mounted, use)),
  );
}

/** A killed build leaves a cache that is mounted where it is. */
async function withCaches<T>(
  root: string,
  mounts: readonly PlannedMount[],
  use: (folders: FolderMount[]) => Promise<T>,
): Promise<T> {
  const folders: FolderMount[] = [];
  const made: string[] = [];
  for (const { target, content } of mounts) {
    if (content.type !== 'cache') continue;
    // The place is made here, so that it is known to go again.
    made.unshift(...(await makeParents(root, `${target}/x`)));
    await prepareCache(content);
    folders.push({ source: content.directory, target, readOnly: content.readOnly });
  }
  try {
    return await use(folders);
  } finally {
    for (const directory of made) await rmdir(path.join(root, directory)).catch(() => undefined);
  }
}

async function nested<T>(
  execution: Execution,
  root: string,
  mounts: readonly PlannedMount[],
  use: () => Promise<T>,
): Promise<T> {
  const [mount, ...others] = mounts;
  if (mount === undefined) return use();
  return withMount(execution, root, mount, () => nested(execution, root, others, use));
}

async function withMount<T>(
  execution: Execution,
  root: string,
  mount: PlannedMount,
  use: () => Promise<T>,
): Promise<T> {
  const place = path.join(root, mount.target);
  const made = await makeParents(root, mount.target);
  const aside = path.join(execution.workDirectory, `aside-${randomUUID()}`);
  const hidden = await moveIfThere(place, aside);
  await fill(root, mount);
  const { ino } = await lstat(place);
  try {
    return await use();
  } finally {
    const intact = await isIntact(root, mount, ino);
    if (intact) {
      await empty(mount, place);
      if (hidden) await rename(aside, place);
      for (const directory of made) await rmdir(path.join(root, directory)).catch(() => undefined);
    } else throwMoved(mount);
  }
}

/** A real mount could not be moved or linked to. Here it could, and its content would get into the layer. */
function throwMoved(mount: PlannedMount): never {
  throw new WordError(`the command moved or replaced what is mounted at ${mount.target}`);
}

async function isIntact(root: string, mount: PlannedMount, ino: number): Promise<boolean> {
  // The command may have put a link in the way; following it would lead out of the root.
  if (!(await leadsStraight(root, path.posix.dirname(mount.target)))) return false;
  const stats = await lstat(path.join(root, mount.target)).catch(() => undefined);
  const linked = mount.content.type === 'text' && stats !== undefined && stats.nlink > 1;
  return stats?.ino === ino && !linked;
}

/** @returns the directories that were not there, deepest first */
async function makeParents(root: string, target: string): Promise<string[]> {
  const made: string[] = [];
  let where = '';
  for (const name of path.posix.dirname(target).split('/').filter(Boolean)) {
    where += `/${name}`;
    try {
      await mkdir(path.join(root, where), { mode: 0o755 });
      made.unshift(where);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  return made;
}

async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function fill(root: string, mount: PlannedMount): Promise<void> {
  const { content, target } = mount;
  const place = path.join(root, target);
  switch (content.type) {
    case 'cache': {
      if (!(await moveIfThere(content.directory, place))) {
        await mkdir(place);
        await setAccess(place, content);
      }
      return;
    }
    case 'files':
      await writeDraft(root, content.draft);
      return;
    case 'text':
      await writeFile(place, content.value, { flag: 'wx', mode: 0o600 });
      await setAccess(place, content);
      return;
    case 'empty':
      await makeEmpty(place);
  }
}

async function empty(mount: PlannedMount, place: string): Promise<void> {
  const stats = await lstat(place).catch(() => undefined);
  if (mount.content.type === 'cache' && stats?.isDirectory()) {
    await moveIfThere(place, mount.content.directory);
  } else await rm(place, { recursive: true, force: true });
}

async function leadsStraight(root: string, directory: string): Promise<boolean> {
  let where = root;
  for (const name of directory.split('/').filter(Boolean)) {
    where = path.join(where, name);
    const stats = await lstat(where).catch(() => undefined);
    if (!stats?.isDirectory()) return false;
  }
  return true;
}
