import type { BaseImageTrigger } from '../definitions/task-definition.js';
import type { Run, UsedBaseImage } from '../runs/run-record.js';

/** A tag that was moved in a registry. */
export interface PushedImage {
  /** What references to it begin with: the login server, and Azure's name of the registry. */
  registries: readonly string[];
  repository: string;
  tag: string;
  digest: string;
}

/** The image that a task was last built on and that is now another one; undefined when it is not this one. */
export function updatedBase(
  trigger: BaseImageTrigger,
  lastRun: Run | undefined,
  pushed: PushedImage,
): UsedBaseImage | undefined {
  const bases = lastRun?.baseImages ?? [];
  const watched = trigger.type === 'All' ? bases : bases.filter(({ isRuntime }) => isRuntime);
  return watched.find(
    (base) =>
      pushed.registries.includes(base.registry) &&
      base.repository === pushed.repository &&
      base.tag === pushed.tag &&
      base.digest !== pushed.digest,
  );
}
