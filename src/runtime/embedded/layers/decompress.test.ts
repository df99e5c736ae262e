import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressionOf, decompressor } from './decompress.js';

/** A zstd frame of one raw block: magic, a header with an 8-bit content size, block header, bytes. */
function rawZstd(bytes: Buffer): Buffer {
  const block = (bytes.length << 3) | 1;
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, bytes.length]),
    Buffer.from([block & 255, (block >> 8) & 255, block >> 16]),
    bytes,
  ]);
}

describe('decompressor', () => {
  const bytes = Buffer.from('the layer');

  it.each([
    ['gzip', gzipSync(bytes)],
    ['zstd', rawZstd(bytes)],
    ['none', bytes],
  ] as const)('reads %s, byte by byte', async (kind, compressed) => {
    expect(compressionOf(compressed)).toBe(kind);
    const pieces = Array.from(compressed, (byte) => Buffer.from([byte]));
    expect(await buffer(Readable.from(pieces).pipe(decompressor(kind)))).toEqual(bytes);
  });

  it.each([
    ['gzip', gzipSync(bytes)],
    ['zstd', rawZstd(bytes)],
  ] as const)('refuses %s that is cut off', async (kind, compressed) => {
    const cut = Readable.from([compressed.subarray(0, compressed.length - 3)]);
    await expect(buffer(cut.pipe(decompressor(kind)))).rejects.toThrow();
  });

  it('calls an empty layer uncompressed', () => {
    expect(compressionOf(Buffer.alloc(0))).toBe('none');
  });
});
