import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { digestOf } from '../oci/digest.js';
import { BLOCK_BYTES, blocks } from './block-pool.js';
import { writeBlocks, type Written } from './block-writer.js';
import { DIRECT_ALIGNMENT } from './direct-file.js';
import { createInlineHash } from './stream-hash.js';

/** Longer than a block is held for a slow sender. */
const LONG_MS = 3_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Write {
  bytes: Buffer;
  position: number;
}

/** A stream on its way to a file in memory. */
function begin(position = 0, stopping?: AbortSignal) {
  const writes: Write[] = [];
  const file = {
    write: (bytes: Buffer, at: number) => {
      writes.push({ bytes: Buffer.from(bytes), position: at });
      return Promise.resolve();
    },
  };
  const source = new PassThrough({ highWaterMark: 4 * BLOCK_BYTES });
  const hash = createInlineHash('sha256');
  const written: Promise<Written> = writeBlocks(source, { file, position, hash }, stopping);
  return { source, writes, hash, written };
}

/** Lets a stream hand on what was written to it. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('a slow sender', () => {
  it('holds a block of the pool for a moment only, and gets small ones then', async () => {
    const [take, give] = [vi.spyOn(blocks, 'take'), vi.spyOn(blocks, 'give')];
    const small = vi.spyOn(Buffer, 'allocUnsafeSlow');
    const { source, writes, written } = begin();
    for (let at = 0; at < 5; at++) {
      source.write('x');
      await turn();
      expect(writes).toHaveLength(at);
      vi.advanceTimersByTime(LONG_MS);
      await turn();
      expect(writes[at]).toEqual({ bytes: Buffer.from('x'), position: at });
      expect(give).toHaveBeenCalledTimes(at + 1);
    }
    expect(take).toHaveBeenCalledTimes(1);
    expect(small.mock.calls.map(([size]) => size)).toEqual([65_536, 4096, 4096, 4096]);
    source.end();
    expect(await written).toEqual({ bytes: 5 });
  });

  it('gets large ones again once it is fast', async () => {
    const { source, writes, written } = begin();
    source.write('slow');
    await turn();
    vi.advanceTimersByTime(LONG_MS);
    await turn();
    const take = vi.spyOn(blocks, 'take');
    source.end(Buffer.alloc(3 * BLOCK_BYTES));
    expect(await written).toEqual({ bytes: 3 * BLOCK_BYTES + 4 });
    expect(take).toHaveBeenCalled();
    const whole = writes.filter(({ bytes }) => bytes.length === BLOCK_BYTES);
    expect(whole.length).toBeGreaterThan(0);
    for (const { position } of whole) expect(position % DIRECT_ALIGNMENT).toBe(0);
  });
});

it('a stream that is stopped keeps what came', async () => {
  const stop = new AbortController();
  const { source, writes, written } = begin(10, stop.signal);
  source.write('hello');
  await turn();
  stop.abort(new Error('enough'));
  expect(await written).toEqual({ bytes: 5, sourceError: new Error('enough') });
  expect(writes).toEqual([{ bytes: Buffer.from('hello'), position: 10 }]);
});

it('whatever the pauses, every byte is written once and hashed in order', async () => {
  const length = fc.oneof(fc.nat({ max: 70_000 }), fc.nat({ max: 3 * BLOCK_BYTES }));
  const step = fc.record({ length, pauses: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.nat({ max: 9000 }), async (steps, at) => {
      const { source, writes, hash, written } = begin(at);
      const parts = steps.map((part, index) => Buffer.alloc(part.length, index + 1));
      for (const [index, part] of parts.entries()) {
        source.write(part);
        await turn();
        if (steps[index]?.pauses) vi.advanceTimersByTime(LONG_MS);
      }
      source.end();
      const all = Buffer.concat(parts);
      expect(await written).toEqual({ bytes: all.length });
      const file = Buffer.alloc(at + all.length);
      for (const { bytes, position } of writes) bytes.copy(file, position);
      expect(file.subarray(at).equals(all)).toBe(true);
      expect(writes.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(all.length);
      expect(`sha256:${await hash.hex()}`).toBe(digestOf(all));
    }),
    { numRuns: 40 },
  );
});
