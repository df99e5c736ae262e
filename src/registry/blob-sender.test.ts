import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { BLOCK_BYTES } from '../storage/block-pool.js';
import type { BlobReader } from '../storage/blob-store.js';
import { sendBlob } from './blob-sender.js';
import { QuickReads } from './quick-reads.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Fault {
  /** The read that contains this byte fails. */
  failsAt?: number;
  /** Reads give at most so many bytes. */
  atMost?: number;
}

/** Content of which each byte tells where it stands; reads end in the opposite order of their start. */
class FakeReader implements BlobReader {
  underWay = 0;
  mostUnderWay = 0;
  closedUnderRead = false;

  readonly size: number;
  readonly readsAtOnce: number;
  readonly fault: Fault;

  constructor(size: number, readsAtOnce: number, fault: Fault = {}) {
    this.size = size;
    this.readsAtOnce = readsAtOnce;
    this.fault = fault;
  }

  async read(target: Buffer, length: number, position: number): Promise<number> {
    this.underWay++;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    for (let turn = this.underWay; turn <= this.readsAtOnce; turn++) await nextTurn();
    this.underWay--;
    const { atMost = length } = this.fault;
    return this.readNow(target, Math.min(length, atMost), position);
  }

  readNow(target: Buffer, length: number, position: number): number {
    const { failsAt = -1 } = this.fault;
    if (failsAt >= position && failsAt < position + length) throw new Error('the disk is broken');
    const end = Math.min(length, this.size - position);
    for (let at = 0; at < end; at++) target[at] = byteAt(position + at);
    return end;
  }

  close(): void {
    this.closedUnderRead = this.underWay > 0;
  }
}

function byteAt(position: number): number {
  return (position * 31 + (position >> 8)) & 0xff;
}

/** By a clock that stands still no read waits for the disk. */
const reads = new QuickReads(() => 0);

/** @returns what the client got, and what the sender came to */
async function transfer(reader: FakeReader, range = { first: 0, last: reader.size - 1 }) {
  let sent: Promise<unknown> = Promise.resolve();
  server = createServer((_request, response) => {
    sent = sendBlob(response, reader, range, reads)
      .then(() => 'sent')
      .catch((error: unknown) => {
        response.destroy();
        return error;
      })
      .finally(() => {
        reader.close();
      });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject);
  }).catch(() => undefined);
  return { answer, sent: () => sent };
}

describe('sending a blob', () => {
  const size = 5 * BLOCK_BYTES + 12_345;
  const ranges = { whole: { first: 0, last: size - 1 }, middle: { first: 4096, last: size - 77 } };
  it.each([
    { readsAtOnce: 1, range: ranges.whole, fault: {} },
    { readsAtOnce: 3, range: ranges.whole, fault: {} },
    { readsAtOnce: 3, range: ranges.middle, fault: {} },
    { readsAtOnce: 3, range: ranges.whole, fault: { atMost: 700_000 } },
  ])('keeps the order of bytes: %o', async ({ readsAtOnce, range, fault }) => {
    const reader = new FakeReader(size, readsAtOnce, fault);
    const { answer, sent } = await transfer(reader, range);
    const expected = Buffer.alloc(range.last - range.first + 1);
    reader.readNow(expected, expected.length, range.first);
    expect((await buffer(answer!)).equals(expected)).toBe(true);
    expect(await sent()).toBe('sent');
    expect(reader.mostUnderWay).toBe(readsAtOnce);
  });

  it.each([0, 2 * BLOCK_BYTES, size - 1])(
    'breaks off when the disk fails at byte %i, and closes nothing under a read',
    async (failsAt) => {
      const reader = new FakeReader(size, 3, { failsAt });
      const { answer, sent } = await transfer(reader);
      if (answer) await expect(buffer(answer)).rejects.toThrow();
      expect(await sent()).toMatchObject({ message: 'the disk is broken' });
      expect(reader.closedUnderRead).toBe(false);
    },
  );

  it.each([64 * 1024, 64 * 1024 + 1, BLOCK_BYTES / 2 + 1, BLOCK_BYTES])(
    'keeps the order of bytes of a short one: %i',
    async (length) => {
      const reader = new FakeReader(length, 1);
      const { answer, sent } = await transfer(reader);
      const expected = Buffer.alloc(length);
      reader.readNow(expected, length, 0);
      expect((await buffer(answer!)).equals(expected)).toBe(true);
      expect(await sent()).toBe('sent');
      expect(reader.mostUnderWay).toBe(0);
    },
  );

  it.each([0, BLOCK_BYTES - 1])('breaks a short one off at byte %i', async (failsAt) => {
    const { answer, sent } = await transfer(new FakeReader(BLOCK_BYTES, 1, { failsAt }));
    if (answer) await expect(buffer(answer)).rejects.toThrow();
    expect(await sent()).toMatchObject({ message: 'the disk is broken' });
  });

  it('ends when the client goes away, and closes nothing under a read', async () => {
    const reader = new FakeReader(64 * BLOCK_BYTES, 3);
    const { answer, sent } = await transfer(reader);
    answer!.destroy();
    await sent();
    expect(reader.closedUnderRead).toBe(false);
    expect(reader.underWay).toBe(0);
  });
});
