import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../storage/remove-tree.js';
import type { VolumeDirectories } from './replica/replica-volumes.js';

/** A file system in memory. */
const MEMORY = '/dev/shm';

/** @param dataDirectory the service's own folder, whose name tells its secrets from others' in memory */
export function volumeDirectories(dataDirectory: string): VolumeDirectories {
  const scratch = join(dataDirectory, 'volumes');
  const key = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 12);
  const secrets = inMemory() ? join(MEMORY, `lazurite-${key}`) : join(dataDirectory, 'secrets');
  return { scratch, secrets };
}

/** Makes them empty: what a killed run left belonged to replicas that are gone. */
export async function openVolumeDirectories(directories: VolumeDirectories): Promise<void> {
  await removeVolumeDirectories(directories);
  for (const folder of [directories.scratch, directories.secrets]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
}

export async function removeVolumeDirectories(directories: VolumeDirectories): Promise<void> {
  await removeTree(directories.scratch);
  await removeTree(directories.secrets);
}

function inMemory(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
