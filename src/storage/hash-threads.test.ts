import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../oci/digest.js';
import { BLOCK_BYTES } from './block-pool.js';
import { createUploadHash } from './hash-threads.js';

describe('the hash of an upload', () => {
  it.each(['sha256', 'sha512'] as const)(
    'is %s of all bytes, in threads as inline',
    async (name) => {
      for (const first of [10, BLOCK_BYTES]) {
        const hash = createUploadHash(name);
        const bytes = randomBytes(first + 2 * BLOCK_BYTES + 3);
        await hash.update(bytes.subarray(0, first));
        await Promise.all([
          hash.update(bytes.subarray(first, first + BLOCK_BYTES)),
          hash.update(bytes.subarray(first + BLOCK_BYTES, first + 2 * BLOCK_BYTES)),
        ]);
        expect(`${name}:${await hash.hex()}`).toBe(
          digestOf(bytes.subarray(0, first + 2 * BLOCK_BYTES), name),
        );
        await hash.update(bytes.subarray(first + 2 * BLOCK_BYTES)); // more may follow
        expect(`${name}:${await hash.hex()}`).toBe(digestOf(bytes, name));
        hash.dispose();
        hash.dispose();
      }
    },
  );

  it('of nothing is the empty hash, and streams do not mix', async () => {
    expect(await createUploadHash('sha256').hex()).toBe(digestOf('').slice(7));
    const streams = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const bytes = randomBytes(3 * BLOCK_BYTES);
        const hash = createUploadHash('sha256');
        for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
          await hash.update(bytes.subarray(at, at + BLOCK_BYTES));
        }
        const same = (await hash.hex()) === digestOf(bytes).slice(7);
        hash.dispose();
        return same;
      }),
    );
    expect(streams).toEqual([true, true, true, true, true]);
  });
});
