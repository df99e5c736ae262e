import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import { UNUSED_MS, type ContainerRuntime } from '../runtime/runtime.js';

const HOUR_MS = 60 * 60 * 1000;

/**
 * Gives back the disk of unpacked images that nothing has asked for in two days, each hour from the start on.
 *
 * @returns ends it
 */
export function collectImages(
  runtime: ContainerRuntime,
  clock: Clock,
  logger: Logger,
): () => Promise<void> {
  const ended = new AbortController();
  const rounds = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      try {
        const removed = await runtime.prune(new Date(clock.now().getTime() - UNUSED_MS));
        if (removed > 0) logger.info({ removed }, 'unused images were removed');
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'unused images could not be removed');
      }
      await clock.sleep(HOUR_MS, ended.signal).catch(() => undefined);
    }
  };
  const done = rounds();
  return () => {
    ended.abort();
    return done;
  };
}
