import { promisify } from 'node:util';
import type { Transform } from 'node:stream';
import { constants, crc32, deflateRaw } from 'node:zlib';
import { MEDIA_TYPE } from '../../../oci/media-types.js';
import type { LayerCompression } from '../../image-builder.js';
import { BlockCompressor } from './block-compressor.js';

const deflate = promisify(deflateRaw);

/** Twice as fast as zlib's own default, and 3 % larger. */
const GZIP_LEVEL = 4;
const ZSTD_LEVEL = 3;
/** Takes what a block compresses to in one piece, usually. */
const OUTPUT_BYTES = 512 * 1024;
/** Magic, deflate, no flags, no time, no hint, unknown system: nothing of this machine. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

export const LAYER_MEDIA_TYPE: Readonly<Record<LayerCompression, string>> = {
  gzip: MEDIA_TYPE.ociLayerGzip,
  zstd: MEDIA_TYPE.ociLayerZstd,
};

/** The same bytes in always give the same bytes out. */
export async function createCompressor(compression: LayerCompression): Promise<Transform> {
  return compression === 'gzip' ? createGzip() : createZstd();
}

/** One gzip member whose blocks are compressed on all processors. */
function createGzip(): Transform {
  let sum = 0;
  let size = 0;
  return new BlockCompressor({
    header: GZIP_HEADER,
    async compress(block, isLast) {
      sum = crc32(block, sum);
      size = (size + block.length) % 2 ** 32;
      if (isIncompressible(block)) return stored(block, isLast);
      const deflated = await deflate(block, {
        level: GZIP_LEVEL,
        finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
        chunkSize: OUTPUT_BYTES, // the rest of a larger piece would be asked for on this thread
      });
      // A few bytes must not keep the whole buffer they were written to.
      return deflated.length < OUTPUT_BYTES / 2 ? Buffer.from(deflated) : deflated;
    },
    trailer() {
      const trailer = Buffer.alloc(8);
      trailer.writeUInt32LE(sum, 0);
      trailer.writeUInt32LE(size, 4);
      return trailer;
    },
  });
}

const MAX_STORED_BYTES = 0xffff;

/**
 * Deflate's stored blocks: the bytes themselves, each 64 KiB behind a header of five bytes.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4
 */
function stored(block: Buffer, isLast: boolean): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < block.length; at += MAX_STORED_BYTES) {
    const piece = block.subarray(at, at + MAX_STORED_BYTES);
    const header = Buffer.alloc(5);
    header[0] = isLast && at + MAX_STORED_BYTES >= block.length ? 1 : 0;
    header.writeUInt16LE(piece.length, 1);
    header.writeUInt16LE(~piece.length & 0xffff, 3);
    pieces.push(header, piece);
  }
  return Buffer.concat(pieces);
}

/** A second call of `init` would replace the encoder under the feet of whoever uses it. */
let zstd: ReturnType<typeof openZstd> | undefined;

async function openZstd() {
  const encoder = await import('@bokuweb/zstd-wasm');
  await encoder.init();
  return encoder;
}

/** A frame a block; decoders read frames one after another as one stream. */
async function createZstd(): Promise<Transform> {
  const { compress } = await (zstd ??= openZstd());
  return new BlockCompressor({
    header: Buffer.alloc(0),
    compress: async (block) => Buffer.from(compress(block, ZSTD_LEVEL)),
    trailer: () => Buffer.alloc(0),
  });
}

const SAMPLE_BYTES = 16 * 1024;
/** Bits a byte; what is compressed or encrypted already has 7.98 and more in a sample of this size. */
const MAX_ENTROPY = 7.97;

/** Archives and pictures only cost time: what looks like noise is stored as it is. */
function isIncompressible(block: Buffer): boolean {
  if (block.length < SAMPLE_BYTES) return false;
  const counts = new Uint32Array(256);
  const step = Math.floor(block.length / SAMPLE_BYTES);
  for (let index = 0; index < SAMPLE_BYTES; index++) {
    const value = block[index * step] ?? 0;
    counts[value] = (counts[value] ?? 0) + 1;
  }
  let entropy = 0;
  for (const count of counts) {
    if (count > 0) entropy -= (count / SAMPLE_BYTES) * Math.log2(count / SAMPLE_BYTES);
  }
  return entropy > MAX_ENTROPY;
}
