import { createHash, type Hash } from 'node:crypto';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract as tarExtract, type Header } from 'tar-stream';
import { codeOf } from '../../../base/failure.js';
import { digestAlgorithm, type Digest } from '../../../oci/digest.js';
import { UnsafeEntryError } from '../../../oci/layer/entry-path.js';
import { compressionOf, decompressor } from './decompress.js';

/** Bytes that tell gzip from zstd from neither. */
const MAGIC_BYTES = 4;
/** No sane layer is larger; a compressed bomb is. */
const MAX_LAYER_BYTES = 32 * 1024 ** 3;

/** A layer whose bytes are not what the image's config says they are. */
export class LayerMismatchError extends Error {
  constructor(expected: Digest, actual: string) {
    super(`layer does not match the image config: diff id ${expected} expected, ${actual} found`);
    this.name = 'LayerMismatchError';
  }
}

/**
 * Reads a layer as it streams by: decompressed by what its bytes say, checked against its diff id, one entry
 * after the other.
 *
 * @param addEntry consumes the body
 * @throws LayerMismatchError at the end, what `addEntry` throws, or what reading the layer throws
 */
export async function readLayer(
  compressed: Readable,
  diffId: Digest,
  addEntry: (header: Header, body: AsyncIterable<unknown>) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const hash = createHash(digestAlgorithm(diffId));
  const { head, whole } = await sniff(compressed);
  const tar = tarExtract();
  const reading = (async () => {
    for await (const entry of tar) await addEntry(entry.header, entry);
  })();
  const decompressed = decompressor(compressionOf(head));
  const options = signal === undefined ? {} : { signal };
  const feeding = pipeline(whole, decompressed, hashing(hash), tar, options);
  await settleBoth(reading, feeding);
  const actual = `${digestAlgorithm(diffId)}:${hash.digest('hex')}`;
  if (actual !== diffId) throw new LayerMismatchError(diffId, actual);
}

/** Waits for both; an entry's own refusal explains more than the pipeline that it broke. */
async function settleBoth(unpacking: Promise<void>, feeding: Promise<void>): Promise<void> {
  const [unpacked, fed] = await Promise.allSettled([unpacking, feeding]);
  if (unpacked.status === 'rejected' && unpacked.reason instanceof UnsafeEntryError) {
    throw unpacked.reason;
  }
  if (fed.status === 'rejected' && codeOf(fed.reason) !== 'ERR_STREAM_PREMATURE_CLOSE') {
    throw fed.reason;
  }
  if (unpacked.status === 'rejected') throw unpacked.reason;
  if (fed.status === 'rejected') throw fed.reason;
}

/** Reads until the compression shows, and gives back a stream of all bytes. */
export async function sniff(
  stream: Readable,
): Promise<{ head: Buffer; whole: () => AsyncGenerator<Buffer> }> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head = Buffer.alloc(0);
  while (head.length < MAGIC_BYTES) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    try {
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    } finally {
      stream.destroy();
    }
  };
  return { head, whole };
}

function hashing(hash: Hash): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      hash.update(chunk);
      if (total > MAX_LAYER_BYTES) done(new Error(`layer is larger than ${MAX_LAYER_BYTES} bytes`));
      else done(null, chunk);
    },
  });
}
