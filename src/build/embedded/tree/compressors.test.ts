import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAYER_COMPRESSIONS, type LayerCompression } from '../../image-builder.js';
import { createCompressor } from './compressors.js';
import { decompress } from './layer-reader.js';

const compress = async (compression: LayerCompression, chunks: readonly Uint8Array[]) => {
  const source = Readable.from(chunks.filter((chunk) => chunk.length > 0));
  return buffer(source.pipe(await createCompressor(compression)));
};

const text = Buffer.from('lazurite builds images. '.repeat(200_000));
const noise = randomBytes(3 * 1024 * 1024 + 17);

describe.each(LAYER_COMPRESSIONS)('%s', (compression) => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('x')],
    ['exactly one block', Buffer.alloc(1024 * 1024, 'ab')],
    ['several blocks', text],
    ['noise', noise],
    ['text and noise', Buffer.concat([text, noise, text])],
  ])('gives back %s', async (_what, bytes) => {
    const packed = await compress(compression, [bytes]);
    const unpacked = await buffer(await decompress(Readable.from([packed])));
    expect(unpacked.equals(bytes)).toBe(true);
  });

  it('gives the same bytes however its input is cut', async () => {
    const whole = await compress(compression, [text]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 8 }), async (places) => {
        const cuts = [0, ...places.sort((a, b) => a - b), text.length];
        const chunks = cuts.slice(1).map((end, at) => text.subarray(cuts[at], end));
        expect((await compress(compression, chunks)).equals(whole)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });
});

describe('gzip', () => {
  it('is one member that any gunzip reads, without a time', async () => {
    const packed = await compress('gzip', [text]);
    expect(gunzipSync(packed).equals(text)).toBe(true);
    expect(packed.subarray(4, 8)).toEqual(Buffer.alloc(4));
  });

  it('stores what does not compress', async () => {
    const packed = await compress('gzip', [noise]);
    expect(packed.length).toBeLessThan(noise.length * 1.001);
  });
});
