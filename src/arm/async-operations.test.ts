import { expect, it, vi } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.js';
import { createMemoryMetadataStore } from '../storage/memory-metadata-store.js';
import { AsyncOperations } from './async-operations.js';

const DAY_MS = 24 * 3_600_000;

function world() {
  const store = createMemoryMetadataStore();
  const clock = new FakeClock();
  const operations = new AsyncOperations(store, clock);
  const status = async (id: string): Promise<string | undefined> =>
    (await operations.get(id))?.status;
  /** Starts so many operations that end at once, a millisecond apart. @returns their ids */
  const endMany = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let number = 0; number < count; number++) {
      await clock.advance(1);
      const id = await operations.start(Promise.resolve({ number }));
      await vi.waitFor(async () => expect(await status(id)).toBe('Succeeded'), { interval: 0 });
      ids.push(id);
    }
    return ids;
  };
  const kept = async (): Promise<number> => (await store.list('arm.operations')).length;
  return { clock, operations, status, endMany, kept };
}

it('keeps the newest operations that have ended, up to a number', async () => {
  const { status, endMany, kept } = world();
  const ids = await endMany(1_500);
  expect(await kept()).toBeLessThan(1_100);
  expect(await status(ids[0]!)).toBeUndefined();
  expect(await status(ids.at(-1)!)).toBe('Succeeded');
});

it('forgets an operation after a day, though nothing restarts', async () => {
  const { clock, status, endMany } = world();
  const [old] = await endMany(1);
  await clock.advance(DAY_MS + 1);
  await endMany(100);
  expect(await status(old!)).toBeUndefined();
});

it('keeps an operation that runs, and one that began long ago and has just ended', async () => {
  const { operations, status, endMany } = world();
  let end: () => void = () => undefined;
  const slow = await operations.start(
    new Promise<undefined>((resolve) => {
      end = () => {
        resolve(undefined);
      };
    }),
  );
  await endMany(1_200);
  expect(await status(slow)).toBe('InProgress');
  end();
  await operations.idle();
  await endMany(100);
  expect(await status(slow)).toBe('Succeeded');
});
