import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Container, ContainerSpec } from '../../src/runtime/runtime.js';
import { findBusybox } from './container-runtime-images.js';

type Start = (
  argv: string[],
  onOutput: NonNullable<ContainerSpec['onOutput']>,
) => Promise<Container>;

/** Of a megabyte each. */
const BLOCKS = 200;

/** What becomes of a container's output when there is much of it. */
export function describeOutput({
  runShell,
}: {
  /** Gives a way to run commands of a busybox beside these files, by their paths. */
  runShell: (
    body: (start: Start) => Promise<void>,
    files?: Record<string, string>,
  ) => Promise<void>;
}): void {
  describe.skipIf(findBusybox() === undefined)('output', () => {
    it('is not kept from its work by a flood of output', () =>
      runShell(async (start) => {
        let bytes = 0;
        await start(['/bin/busybox', 'yes'], (_stream, chunk) => void (bytes += chunk.length));
        const late: number[] = [];
        for (let turn = 0; turn < 20; turn++) {
          const begun = performance.now();
          await delay(10);
          late.push(performance.now() - begun - 10);
        }
        expect(bytes).toBeGreaterThan(0);
        expect(late.sort((a, b) => a - b)[10]).toBeLessThan(100);
      }));

    it('arrives whole and in order, and little of it is held', async () => {
      const block = randomBytes(512 * 1024).toString('hex');
      const [expected, got] = [createHash('sha256'), createHash('sha256')];
      for (let turn = 0; turn < BLOCKS; turn++) expected.update(`${turn}\n${block}`);
      const step = 'echo $n; bin/busybox cat block; n=$((n+1))';
      const argv = [
        '/bin/busybox',
        'sh',
        '-c',
        `n=0; while [ $n -lt ${BLOCKS} ]; do ${step}; done`,
      ];
      await runShell(
        async (start) => {
          const before = process.memoryUsage.rss();
          let peak = before;
          const container = await start(argv, (_stream, chunk) => {
            got.update(chunk);
            peak = Math.max(peak, process.memoryUsage.rss());
          });
          expect((await container.exited).code).toBe(0);
          expect(got.digest('hex')).toBe(expected.digest('hex'));
          expect(peak - before).toBeLessThan((BLOCKS * block.length) / 2);
        },
        { block },
      );
    });
  });
}
