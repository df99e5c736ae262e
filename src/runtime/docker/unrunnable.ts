import type { Clock } from '../../base/clock.js';
import { acceptablePlatforms } from '../../oci/platform/matching.js';
import { ContainerStartError } from '../runtime.js';
import type { Container, ContainerSpec, UnpackedImage } from '../runtime.js';

/** How long the kernel may take to refuse a program that it probably can't run. */
const REFUSAL_MS = 3000;
const EXEC_FORMAT_ERROR = /exec format error\s*$/;

/**
 * The machine that a program is for, e.g. `'linux/arm64'`, when the engine's may not be able to run it.
 *
 * @param architecture of the engine
 */
export function doubtOf(
  program: string,
  image: UnpackedImage,
  architecture: string,
): string | undefined {
  const foreign = image.foreignPrograms?.get(program);
  if (foreign !== undefined) return foreign;
  const { os, architecture: wanted } = image.config;
  const runnable = acceptablePlatforms({ os: 'linux', architecture }, true);
  return runnable.some((one) => one.architecture === wanted) ? undefined : `${os}/${wanted}`;
}

/**
 * The engine starts a program first and lets the kernel refuse it then: the container ends at once, with the
 * refusal as its last words. Only a program that is for another machine is waited for.
 *
 * @throws ContainerStartError ENOEXEC
 */
export async function refuseUnrunnable(start: {
  container: Container;
  spec: ContainerSpec;
  machine: string;
  /** What it has written. */
  words: () => string;
  clock: Clock;
}): Promise<void> {
  const { container, spec, machine, words, clock } = start;
  const patience = new AbortController();
  const runs = clock.sleep(REFUSAL_MS, patience.signal).catch(() => undefined);
  const exit = await Promise.race([container.exited, runs]);
  patience.abort();
  if (!exit || exit.code === 0 || !EXEC_FORMAT_ERROR.test(words())) return;
  const program = spec.argv[0] ?? '';
  throw new ContainerStartError(
    'ENOEXEC',
    `exec ${program}: exec format error (a program for ${machine})`,
  );
}
