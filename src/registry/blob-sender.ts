import type { ServerResponse } from 'node:http';
import type { BlobReader } from '../storage/blob-store.js';
import { BLOCK_BYTES, blocks } from '../storage/block-pool.js';
import type { ByteRange } from '../http/byte-range.js';
import { QuickReads } from './quick-reads.js';

/** Up to here waiting for a thread costs more than reading at once. */
const MAX_IMMEDIATE_BYTES = 64 * 1024;
/**
 * What is read at once of a blob that needs several blocks. A part of a block: together with what the
 * kernel touches on the way it has to stay in a core's cache (often 1 MiB), from the read to the write.
 */
const STEP_BYTES = 768 * 1024;
/** Half a block leaves room in that cache for what the kernel makes of it. */
const PART_BYTES = BLOCK_BYTES / 2;
/** A client that takes nothing for this long is gone. */
const STALL_MS = 120_000;

const quickReads = new QuickReads();

/**
 * Sends a part of a blob and ends the response. The next blocks are read while the last one drains, so
 * that disk and network work at the same time; a block is taken only while there is something in it.
 */
export async function sendBlob(
  response: ServerResponse,
  reader: BlobReader,
  range: ByteRange,
  reads: QuickReads = quickReads,
): Promise<void> {
  const length = range.last - range.first + 1;
  if (length <= MAX_IMMEDIATE_BYTES) {
    const bytes = Buffer.allocUnsafe(length);
    if (reader.readNow(bytes, length, range.first) !== length) throw new Error('blob is cut short');
    response.end(bytes);
    return;
  }
  const isShort = length <= BLOCK_BYTES && reader.readsAtOnce === 1;
  if (isShort && reads.areExpected && (await sendAtOnce(response, reader, range, reads))) return;
  await sendBlocks(response, reader, range);
  response.end();
}

/**
 * Reads and writes in turns on this thread, and ends the response. Between two threads the bytes would leave one
 * core's cache, and the hand-over costs as much as the copy. While the kernel takes all at once, nothing is
 * waited for, and the second half goes through the memory of the first.
 * @returns false when no block is left
 */
async function sendAtOnce(
  response: ServerResponse,
  reader: BlobReader,
  { first, last }: ByteRange,
  reads: QuickReads,
): Promise<boolean> {
  const block = blocks.take();
  if (block.length <= last - first) return false;
  const { socket } = response; // none before the answers to earlier requests are sent
  try {
    let held = 0;
    for (let position = first; position <= last;) {
      const part = block.subarray(held, Math.min(held + PART_BYTES, held + last + 1 - position));
      const from = position;
      const count = reads.measure(() => reader.readNow(part, part.length, from));
      if (count !== part.length) throw new Error('blob is cut short');
      position += count;
      if (position > last) response.end(part);
      else response.write(part);
      socket?.uncork(); // Node would wait for more
      if (socket?.writableLength !== 0) held += count;
    }
    if (socket?.writableLength !== 0) await whenSent(response);
  } catch (error) {
    blocks.abandon(block); // the socket may still hold it
    throw error;
  }
  blocks.give(block);
  return true;
}

interface FilledBlock {
  block: Buffer;
  length: number;
}

async function sendBlocks(
  response: ServerResponse,
  reader: BlobReader,
  range: ByteRange,
): Promise<void> {
  const ahead: Promise<FilledBlock>[] = [];
  let draining: Promise<void> = Promise.resolve();
  let position = range.first;
  const isLong = range.last + 1 - range.first > BLOCK_BYTES;
  const readNext = (): void => {
    const step = isLong && reader.readsAtOnce === 1 ? STEP_BYTES : BLOCK_BYTES;
    const block = blocks.take();
    const length = Math.min(block.length, step, range.last + 1 - position);
    const filled = fill(reader, block, length, position);
    filled.catch(() => undefined); // awaited when it is its turn
    ahead.push(filled);
    position += length;
  };
  try {
    while (!response.destroyed) {
      while (position <= range.last && ahead.length < reader.readsAtOnce) readNext();
      const [filled] = ahead;
      if (filled === undefined) break;
      const { block, length } = await filled;
      await draining;
      void ahead.shift();
      draining = writeBlock(response, block, length);
      draining.catch(() => undefined); // awaited in the next round
    }
    await draining;
  } finally {
    // Whoever closes the file after us must not do so under a read.
    for (const filled of await Promise.allSettled(ahead)) {
      if (filled.status === 'fulfilled') blocks.give(filled.value.block);
    }
  }
}

async function fill(
  reader: BlobReader,
  block: Buffer,
  length: number,
  position: number,
): Promise<FilledBlock> {
  try {
    for (let done = 0; done < length;) {
      const target = done === 0 ? block : block.subarray(done);
      const count = await reader.read(target, length - done, position + done);
      if (count === 0) throw new Error('blob is cut short');
      done += count;
    }
    return { block, length };
  } catch (error) {
    blocks.give(block);
    throw error;
  }
}

/** The block goes back to the pool only once the socket has taken it. */
async function writeBlock(response: ServerResponse, block: Buffer, length: number): Promise<void> {
  try {
    await write(response, block.subarray(0, length));
  } catch (error) {
    blocks.abandon(block); // the socket may still hold it
    throw error;
  }
  blocks.give(block);
}

/** Ends once the socket has taken the bytes. @throws when the client is gone, or takes nothing any more */
function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return settled(response, (taken) => {
    response.write(bytes, taken);
  });
}

/** Ends once the socket has taken the whole answer. @throws as above */
function whenSent(response: ServerResponse): Promise<void> {
  return settled(response, (taken) => {
    if (response.destroyed) taken(new Error('the client went away'));
    else response.once('finish', taken);
  });
}

function settled(
  response: ServerResponse,
  begin: (taken: (error?: Error | null) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stalled = setTimeout(() => {
      response.destroy();
    }, STALL_MS);
    const settle = (error?: Error | null): void => {
      clearTimeout(stalled);
      response.off('close', onClose);
      if (error) reject(error);
      else resolve();
    };
    const onClose = (): void => {
      settle(new Error('the client went away'));
    };
    response.once('close', onClose);
    begin(settle);
  });
}
