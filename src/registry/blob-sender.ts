import type { ServerResponse } from 'node:http';
import type { BlobReader } from '../storage/blob-store.js';
import { BLOCK_BYTES, blocks } from '../storage/block-pool.js';
import type { ByteRange } from '../http/byte-range.js';

/** Up to here waiting for a thread costs more than reading at once. */
const MAX_IMMEDIATE_BYTES = 64 * 1024;
/**
 * What is read at once of a blob that needs several blocks. A part of a block: together with what the
 * kernel touches on the way it has to stay in a core's cache (often 1 MiB), from the read to the write.
 */
const STEP_BYTES = 768 * 1024;
/** A client that takes nothing for this long is gone. */
const STALL_MS = 120_000;

/**
 * Sends a part of a blob and ends the response. The next block is read while the last one drains, so
 * that disk and network work at the same time; a block is taken only while there is something in it.
 */
export async function sendBlob(
  response: ServerResponse,
  reader: BlobReader,
  range: ByteRange,
): Promise<void> {
  const length = range.last - range.first + 1;
  if (length <= MAX_IMMEDIATE_BYTES) {
    const bytes = Buffer.allocUnsafe(length);
    if (reader.readNow(bytes, length, range.first) !== length) throw new Error('blob is cut short');
    response.end(bytes);
    return;
  }
  await sendBlocks(response, reader, range);
  response.end();
}

async function sendBlocks(
  response: ServerResponse,
  reader: BlobReader,
  range: ByteRange,
): Promise<void> {
  let draining: Promise<void> = Promise.resolve();
  let position = range.first;
  const step = range.last + 1 - range.first > BLOCK_BYTES ? STEP_BYTES : BLOCK_BYTES;
  while (position <= range.last && !response.destroyed) {
    const block = blocks.take();
    let length: number;
    try {
      length = await reader.read(
        block,
        Math.min(block.length, step, range.last + 1 - position),
        position,
      );
      await draining;
    } catch (error) {
      blocks.give(block);
      await draining.catch(() => undefined);
      throw error;
    }
    if (length === 0) {
      blocks.give(block);
      throw new Error('blob is cut short');
    }
    position += length;
    draining = writeBlock(response, block, length);
    draining.catch(() => undefined); // awaited in the next round
  }
  await draining;
}

/** The block goes back to the pool only once the socket has taken it. */
function writeBlock(response: ServerResponse, block: Buffer, length: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stalled = setTimeout(() => {
      response.destroy();
    }, STALL_MS);
    let settled = false;
    const settle = (error?: Error | null): void => {
      if (settled) return;
      settled = true;
      clearTimeout(stalled);
      response.off('close', onClose);
      if (error) {
        blocks.abandon(block); // the socket may still hold it
        reject(error);
      } else {
        blocks.give(block);
        resolve();
      }
    };
    const onClose = (): void => {
      settle(new Error('the client went away'));
    };
    response.once('close', onClose);
    response.write(block.subarray(0, length), settle);
  });
}
