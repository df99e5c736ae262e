import { PassThrough, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';

const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** How a layer's bytes are compressed, by their first bytes: media types are sometimes wrong. */
export function compressionOf(head: Buffer): 'gzip' | 'zstd' | 'none' {
  if (head.subarray(0, GZIP.length).equals(GZIP)) return 'gzip';
  return head.subarray(0, ZSTD.length).equals(ZSTD) ? 'zstd' : 'none';
}

/** A transform from a layer's compressed bytes to its tar. */
export function decompressor(compression: 'gzip' | 'zstd' | 'none'): Transform {
  if (compression === 'gzip') return createGunzip();
  return compression === 'zstd' ? zstdDecompressor() : new PassThrough();
}

/** Node's own from version 22.15, else a decoder in JavaScript. */
function zstdDecompressor(): Transform {
  const native: unknown = Reflect.get(zlib, 'createZstdDecompress');
  if (typeof native === 'function') {
    const made: unknown = Reflect.apply(native, zlib, []);
    if (made instanceof Transform) return made;
  }
  return new FzstdTransform();
}

class FzstdTransform extends Transform {
  readonly #decoder: Decompress;
  #empty = true;

  constructor() {
    super();
    this.#decoder = new Decompress((bytes) => {
      if (bytes.length > 0) this.push(Buffer.from(bytes));
    });
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#empty = false;
    this.#feed(() => {
      this.#decoder.push(chunk);
    }, done);
  }

  override _flush(done: (error?: Error) => void): void {
    if (this.#empty) done();
    else
      this.#feed(() => {
        this.#decoder.push(new Uint8Array(0), true);
      }, done);
  }

  #feed(step: () => void, done: (error?: Error) => void): void {
    try {
      step();
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
