import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.js';
import { silentLogger } from '../base/logger.js';
import { WorkQueue } from './work-queue.js';
import type { Reconcile } from './work-queue.js';

let queue: WorkQueue;
const clock = new FakeClock();

function open(reconcile: Reconcile): void {
  queue = new WorkQueue({ name: 'test', reconcile, clock, logger: silentLogger });
}

afterEach(() => queue.close());

describe('WorkQueue', () => {
  it('never reconciles one key twice at a time, and looks again once if asked meanwhile', async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    open(async () => {
      most = Math.max(most, ++running);
      runs += 1;
      await clock.sleep(10);
      running -= 1;
      return {};
    });
    for (let times = 0; times < 5; times++) queue.add('a');
    await clock.advance(100);
    expect({ most, runs }).toEqual({ most: 1, runs: 2 });
  });

  it('reconciles different keys side by side', async () => {
    const seen: string[] = [];
    open(async (key) => {
      await clock.sleep(10);
      seen.push(key);
      return {};
    });
    queue.add('a');
    queue.add('b');
    await clock.advance(10);
    expect(seen).toEqual(['a', 'b']);
  });

  it('comes back when it said it would, or earlier when asked', async () => {
    const times: number[] = [];
    const start = clock.now().getTime();
    open(async () => {
      times.push(clock.now().getTime() - start);
      return times.length < 3 ? { requeueAfterMs: 1000 } : {};
    });
    queue.add('a');
    await clock.advance(400);
    queue.add('a');
    await clock.advance(5000);
    expect(times).toEqual([0, 400, 1400]);
  });

  it('tries again after a failure, each time later', async () => {
    const times: number[] = [];
    const start = clock.now().getTime();
    open(() => {
      times.push((clock.now().getTime() - start) / 1000);
      return Promise.reject(new Error('no'));
    });
    queue.add('a');
    await clock.advance(8000);
    expect(times).toEqual([0, 1, 3, 7]);
  });

  it('aborts what runs when interrupted, and starts over', async () => {
    const aborted: boolean[] = [];
    open(async (_key, signal) => {
      if (aborted.length > 0) {
        aborted.push(signal.aborted);
        return {};
      }
      await clock.sleep(60_000, signal).catch(() => undefined);
      aborted.push(signal.aborted);
      return {};
    });
    queue.add('a');
    await clock.advance(1);
    queue.interrupt('a');
    await clock.advance(1);
    expect(aborted).toEqual([true, false]);
  });

  it('does nothing any more once it is closed', async () => {
    let runs = 0;
    open(async () => {
      runs += 1;
      return { requeueAfterMs: 10 };
    });
    queue.add('a');
    await clock.advance(1);
    await queue.close();
    queue.add('a');
    await clock.advance(1000);
    expect(runs).toBe(1);
  });
});
