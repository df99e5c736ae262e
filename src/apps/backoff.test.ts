import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterExit, afterFailure, backoffDelayMs, CRASH_RESET_MS, newBackoff } from './backoff.js';

describe('backoffDelayMs', () => {
  it.each([
    ['pull', [2, 5, 10, 20, 40, 80, 160, 300, 300, 300]],
    ['crash', [10, 20, 40, 80, 160, 300, 300]],
  ] as const)('%s waits %j seconds', (kind, seconds) => {
    expect(seconds.map((_, index) => backoffDelayMs(kind, index + 1) / 1000)).toEqual(seconds);
  });

  it('never shrinks and never passes five minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (failures) => {
        const delay = backoffDelayMs('pull', failures);
        return delay <= backoffDelayMs('pull', failures + 1) && delay <= 300_000;
      }),
    );
  });
});

describe('Backoff', () => {
  it('counts from the failure it follows', () => {
    const first = afterFailure(newBackoff('crash'), 1_000);
    expect(first).toEqual({ kind: 'crash', failures: 1, dueAt: 11_000 });
    expect(afterFailure(first, 20_000)).toEqual({ kind: 'crash', failures: 2, dueAt: 40_000 });
  });

  it('starts over after a long run, not after a short one', () => {
    const third = afterFailure(afterFailure(afterFailure(newBackoff('crash'), 0), 0), 0);
    expect(afterExit(third, 0, CRASH_RESET_MS - 1).failures).toBe(4);
    expect(afterExit(third, 0, CRASH_RESET_MS)).toEqual({
      kind: 'crash',
      failures: 1,
      dueAt: 10_000,
    });
  });
});
