import { chmod, lstat, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf } from '../../base/failure.js';
import { removeTree } from '../../storage/remove-tree.js';
import type { FolderMount } from '../../runtime/runtime.js';
import type { AppContainer, Volume, VolumeMount } from '../template.js';

/** Where the volumes of all replicas are, each replica's in a folder of its name. */
export interface VolumeDirectories {
  /** e.g. `'~/.lazurite/apps/volumes'` */
  scratch: string;
  /** In memory where the machine has such a place: what is in here is written nowhere else in clear. */
  secrets: string;
}

/** What a container was to see could not be made ready. */
export class VolumeError extends Error {
  readonly volume: string;

  constructor(volume: string, why: string) {
    super(`MountVolume.SetUp failed for volume "${volume}" : ${why}`);
    this.name = 'VolumeError';
    this.volume = volume;
  }
}

/** The volumes of one replica: made before its first container starts, gone with it, kept between. */
export class ReplicaVolumes {
  readonly #volumes: readonly Volume[];
  readonly #directories: VolumeDirectories;
  readonly #replica: string;
  readonly #secrets: () => ReadonlyMap<string, string>;
  #made: Promise<void> | undefined;

  constructor(options: {
    volumes: readonly Volume[];
    directories: VolumeDirectories;
    /** Unique on this machine and safe as a file name. */
    replica: string;
    secrets: () => ReadonlyMap<string, string>;
  }) {
    this.#volumes = options.volumes;
    this.#directories = options.directories;
    this.#replica = options.replica;
    this.#secrets = options.secrets;
  }

  /** @throws VolumeError */
  async mountsOf(container: AppContainer): Promise<FolderMount[]> {
    const mounts = container.volumeMounts ?? [];
    if (mounts.length === 0) return [];
    this.#made ??= this.#make();
    await this.#made;
    return Promise.all(mounts.map((mount) => this.#mount(mount)));
  }

  async remove(): Promise<void> {
    if (this.#made === undefined) return;
    await this.#made.catch(() => undefined);
    this.#made = undefined;
    for (const folder of Object.values(this.#directories)) {
      await removeTree(join(folder as string, this.#replica));
    }
  }

  async #make(): Promise<void> {
    try {
      for (const volume of this.#volumes) await this.#makeVolume(volume);
    } catch (error) {
      this.#made = undefined; // the next try makes them anew
      throw error;
    }
  }

  async #makeVolume(volume: Volume): Promise<void> {
    try {
      const folder = this.#folder(volume);
      await mkdir(folder, { recursive: true });
      // any user of a container may write here; who passes by on this machine stands before 0700
      await chmod(folder, volume.storageType === 'EmptyDir' ? 0o777 : 0o755);
      if (volume.storageType === 'Secret') await this.#writeSecrets(volume, folder);
    } catch (error) {
      throw new VolumeError(volume.name, messageOf(error));
    }
  }

  #folder({ name, storageType }: Volume): string {
    const { scratch, secrets } = this.#directories;
    return join(storageType === 'Secret' ? secrets : scratch, this.#replica, name);
  }

  /** All secrets of the app, or those that are named, each in a file. */
  async #writeSecrets({ secrets: items }: Volume, folder: string): Promise<void> {
    const values = this.#secrets();
    const files = items ?? [...values.keys()].map((secretRef) => ({ secretRef, path: secretRef }));
    for (const { secretRef, path } of files) {
      const value = values.get(secretRef);
      if (value === undefined) throw new Error(`references non-existent secret key: ${secretRef}`);
      const file = join(folder, path);
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, value, { mode: 0o644 });
      await chmod(file, 0o644); // whatever the umask
    }
  }

  async #mount({ volumeName, mountPath, subPath }: VolumeMount): Promise<FolderMount> {
    const volume = this.#volumes.find(({ name }) => name === volumeName);
    if (!volume) throw new VolumeError(volumeName, 'there is no such volume');
    const folder = this.#folder(volume);
    const readOnly = volume.storageType === 'Secret';
    const source = subPath === undefined ? folder : await subFolder(volume, folder, subPath);
    return { source, target: mountPath, readOnly };
  }
}

/** A container may have put a link where the next one looks: none is followed. */
async function subFolder(volume: Volume, folder: string, subPath: string): Promise<string> {
  let path = folder;
  for (const part of subPath.split('/').filter((each) => each !== '' && each !== '.')) {
    path = join(path, part);
    const kind = await lstat(path).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
      return undefined;
    });
    if (kind?.isSymbolicLink()) throw new VolumeError(volume.name, `subPath ${subPath} is a link`);
    if (kind) continue;
    if (volume.storageType === 'Secret') {
      throw new VolumeError(volume.name, `there is no ${subPath} in it`);
    }
    await mkdir(path);
    await chmod(path, 0o777);
  }
  return path;
}
