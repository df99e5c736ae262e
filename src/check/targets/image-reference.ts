import type { TargetContents } from './contents.js';
import { DEFAULT_PLATFORM, type ReadOptions } from './read-options.js';

/** An image named on the command line: needed for every platform asked for. */
export function readImageReference(
  text: string,
  options: Pick<ReadOptions, 'platforms'>,
): TargetContents {
  const because = options.platforms === undefined ? 'the default' : '--platform';
  return {
    uses: [
      {
        image: { text },
        owner: 'the command line',
        puller: 'docker',
        needs: (options.platforms ?? [DEFAULT_PLATFORM]).map((platform) => ({ platform, because })),
      },
    ],
    builds: [],
    findings: [],
  };
}
