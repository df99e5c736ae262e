import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../base/failure.js';
import { claimOwnership, type Ownership } from '../../base/owner-file.js';
import type { Execution } from './execution.js';

const POLL_MS = 50;

/** Who waits for a cache directory in this process; the file beside it keeps other processes out. */
const queues = new Map<string, Promise<void>>();

/**
 * Holds cache directories while `act` runs: each has one user at a time, because it is moved into the
 * root directory of the command and back. Always taken in the same order, so that no two wait for each other.
 */
export async function holdingCaches<T>(
  execution: Pick<Execution, 'clock' | 'signal'>,
  directories: readonly string[],
  act: () => Promise<T>,
): Promise<T> {
  const hold = (rest: readonly string[]): Promise<T> => {
    const [directory, ...others] = rest;
    return directory === undefined
      ? act()
      : inTurn(directory, async () => {
          const ownership = await claim(execution, directory);
          try {
            return await hold(others);
          } finally {
            ownership.release();
          }
        });
  };
  return hold([...directories].sort());
}

async function inTurn<T>(directory: string, act: () => Promise<T>): Promise<T> {
  const acting = (queues.get(directory) ?? Promise.resolve()).then(act);
  const ended = acting.then(
    () => undefined,
    () => undefined,
  );
  queues.set(directory, ended);
  try {
    return await acting;
  } finally {
    if (queues.get(directory) === ended) queues.delete(directory);
  }
}

async function claim(
  { clock, signal }: Pick<Execution, 'clock' | 'signal'>,
  directory: string,
): Promise<Ownership> {
  await mkdir(path.dirname(directory), { recursive: true, mode: 0o700 });
  for (;;) {
    try {
      return claimOwnership(`${directory}.owner`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      await clock.sleep(POLL_MS, signal);
    }
  }
}
