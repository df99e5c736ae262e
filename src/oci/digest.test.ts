import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestAlgorithm, digestHex, digestOf, parseDigest } from './digest.js';

describe('digests', () => {
  it('are those of their bytes, and read back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('sha256', 'sha512'), (bytes, algorithm) => {
        const digest = digestOf(Buffer.from(bytes), algorithm);
        expect(digest).toBe(`${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`);
        expect(parseDigest(digest)).toBe(digest);
        expect(`${digestAlgorithm(digest)}:${digestHex(digest)}`).toBe(digest);
      }),
    );
  });

  it('of any other text are none', () => {
    const hex = 'a'.repeat(64);
    const near = fc.constantFrom(
      ...[
        `sha256:${hex}0`,
        `sha256:${hex.slice(1)}`,
        `sha256:${hex.toUpperCase()}`,
        `sha512:${hex}`,
      ],
      ...[
        `md5:${hex}`,
        ` sha256:${hex}`,
        `sha256:${hex}\n`,
        `sha256:../${hex.slice(3)}`,
        `sha256+b:${hex}`,
      ],
      ...['', ':', 'sha256:', hex],
    );
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        expect(parseDigest(text)).toBeUndefined();
      }),
    );
  });
});
