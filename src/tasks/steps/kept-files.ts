import { cp, mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../base/failure.js';
import { RUNTIME_PATHS } from '../../runtime/runtime-paths.js';
import type { ContainerRuntime, ContainerSpec, FolderMount } from '../../runtime/runtime.js';
import { removeTree } from '../../storage/remove-tree.js';
import type { Step } from '../yaml/task.js';
import type { StepRun } from './step-run.js';

/** What a container of a step with `keep: true` writes, kept when it has ended. */
export interface KeptFiles {
  rootfs: ContainerSpec['rootfs'];
  /** Called once the container is gone. */
  keep(): Promise<void>;
  /** Called when there was none. */
  drop(): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

/**
 * Where what a step wrote is kept, the last time it ran: its own files, without those of its image, of the
 * workspace and of volumes. Where roots are no stacks the log says that nothing is kept.
 */
export async function keepFiles(
  run: StepRun,
  step: Step,
  runtime: ContainerRuntime,
  { rootfs, mounts }: { rootfs: ContainerSpec['rootfs']; mounts: readonly FolderMount[] },
): Promise<KeptFiles> {
  if (!step.keep) return { rootfs, keep: nothing, drop: nothing };
  if (!runtime.stacking || !('image' in rootfs)) {
    const { driver, isolation } = runtime.info;
    run.log.agent(
      `Step ID: ${step.id} keeps nothing: the ${driver} runtime at isolation ${isolation} does not tell what a container wrote`,
    );
    return { rootfs, keep: nothing, drop: nothing };
  }
  const written = await runtime.stacking.create();
  const target = path.join(run.keptDirectory, step.id);
  return {
    rootfs: { image: rootfs.image, written },
    drop: () => written.remove(),
    async keep() {
      try {
        const listed = await written.list();
        const removed = [...listed].flatMap(([where, item]) => (item.removed ? [where] : []));
        const mounted = [...RUNTIME_PATHS, ...mounts.map((mount) => mount.target)];
        await written.leaveOut([...removed, ...mounted]);
        const left = [...listed.keys()].filter((where) => !removed.includes(where));
        await written.leaveOut(mounted.flatMap((where) => emptyAbove(where, left)));
        await removeTree(target);
        await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
        await move(written.directory, target);
        run.log.agent(`Kept what step ID: ${step.id} wrote in ${target}`);
      } finally {
        await written.remove();
      }
    },
  };
}

/** Folders above a path that nothing else is in. */
function emptyAbove(where: string, left: readonly string[]): string[] {
  const above: string[] = [];
  for (let up = path.posix.dirname(where); up !== '/'; up = path.posix.dirname(up)) above.push(up);
  return above.filter((up) => !left.some((other) => other.startsWith(`${up}/`)));
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error;
    await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }
}
