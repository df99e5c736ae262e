import type { Execution } from './execution.js';

/**
 * Waits for the end of `work`, however it ends, and then runs every cleanup, whether or not others fail.
 *
 * @param cleanups read when the work has ended; it may add some until then
 * @throws the first failure: of the work, else of the first cleanup that failed
 */
export async function thenCleanUp<T>(
  work: Promise<T>,
  cleanups: Execution['cleanups'],
): Promise<T> {
  const [outcome] = await Promise.allSettled([work]);
  const cleaned: PromiseSettledResult<void>[] = [];
  for (const clean of cleanups) cleaned.push(...(await Promise.allSettled([clean()])));
  if (outcome.status === 'rejected') throw outcome.reason;
  for (const cleanup of cleaned) if (cleanup.status === 'rejected') throw cleanup.reason;
  return outcome.value;
}
