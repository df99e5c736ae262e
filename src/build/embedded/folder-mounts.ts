import { randomUUID } from 'node:crypto';
import { chmod, lchown, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FolderMount } from '../../runtime/runtime.js';
import { holdingCaches } from './cache-turns.js';
import type { Execution } from './execution.js';
import type { PlannedMount } from './plan-mounts.js';
import { writeDraft } from './tree/root-directory.js';

/** Makes what is to be mounted, lets `use` mount it, and removes it again; caches stay. */
export async function withFolders<T>(
  execution: Execution,
  mounts: readonly PlannedMount[],
  use: (folders: FolderMount[]) => Promise<T>,
): Promise<T> {
  const caches = mounts.flatMap(({ content }) =>
    content.type === 'cache' ? [content.directory] : [],
  );
  const scratch = path.join(execution.workDirectory, `mounts-${randomUUID()}`);
  return holdingCaches(execution, caches, async () => {
    try {
      const folders: FolderMount[] = [];
      for (const [at, mount] of mounts.entries()) {
        folders.push(await folderOf(mount, path.join(scratch, String(at))));
      }
      return await use(folders);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
}

async function folderOf({ target, content }: PlannedMount, place: string): Promise<FolderMount> {
  switch (content.type) {
    case 'cache':
      await prepareCache(content);
      return { source: content.directory, target, readOnly: content.readOnly };
    case 'files': {
      const source = path.join(place, target);
      await mkdir(path.dirname(source), { recursive: true });
      await writeDraft(place, content.draft);
      return { source, target, readOnly: content.readOnly };
    }
    case 'text':
      await mkdir(path.dirname(place), { recursive: true });
      await writeFile(place, content.value, { flag: 'wx', mode: 0o600 });
      await setAccess(place, content);
      return { source: place, target };
    case 'empty':
      await makeEmpty(place);
      return { source: place, target };
  }
}

/** In the place of a tmpfs, which everybody may write to. */
export async function makeEmpty(place: string): Promise<void> {
  await mkdir(place, { recursive: true });
  await chmod(place, 0o1777);
}

/** Makes the directory of a cache when there is none. */
export async function prepareCache(
  cache: Extract<PlannedMount['content'], { type: 'cache' }>,
): Promise<void> {
  if ((await mkdir(cache.directory, { recursive: true })) !== undefined) {
    await setAccess(cache.directory, cache);
  }
}

export async function setAccess(
  place: string,
  access: { mode: number; uid: number; gid: number },
): Promise<void> {
  if (process.getuid?.() === 0) await lchown(place, access.uid, access.gid);
  await chmod(place, access.mode);
}
