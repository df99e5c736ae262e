import { expect, it } from 'vitest';
import { QuickReads } from './quick-reads.js';

let now = 0;
const clock = (): number => now;
function read(reads: QuickReads, milliseconds: number): string {
  return reads.measure(() => {
    now += milliseconds;
    return 'read';
  });
}

/** @returns for how long no quick read is expected */
function pauseOf(reads: QuickReads): number {
  const began = now;
  while (!reads.areExpected) now += 1;
  return now - began;
}

it('are expected until one waits for the disk, and again a little later', () => {
  const reads = new QuickReads(clock);
  expect(read(reads, 1.9)).toBe('read');
  expect(pauseOf(reads)).toBe(0);
  expect(read(reads, 2.1)).toBe('read');
  expect(pauseOf(reads)).toBe(10);
});

it('are expected ever later while all wait for the disk, and sooner once some do not', () => {
  const reads = new QuickReads(clock);
  const pauses = Array.from({ length: 9 }, () => {
    read(reads, 3);
    return pauseOf(reads);
  });
  expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
  for (let times = 0; times < 6; times++) read(reads, 1);
  read(reads, 3);
  expect(pauseOf(reads)).toBe(32);
});
