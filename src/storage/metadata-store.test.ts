import { execFile } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../base/failure.js';
import { createMemoryMetadataStore } from './memory-metadata-store.js';
import { openSqliteMetadataStore } from './sqlite-metadata-store.js';
import { describeMetadataStore } from './testing/metadata-store-contract.js';

describeMetadataStore('memory', () => ({
  open: async () => createMemoryMetadataStore(),
  destroy: async () => undefined,
}));

describeMetadataStore('sqlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'metadata-'));
  const path = join(folder, 'sub', 'metadata.db');
  return {
    open: () => openSqliteMetadataStore({ path }),
    reopen: () => openSqliteMetadataStore({ path }),
    destroy: async () => rmSync(folder, { recursive: true }),
  };
});

/** A log whose syncs end when a test says so. */
class HeldLog {
  syncs = 0;
  readonly #started = new EventEmitter();
  #finish: ((error?: Error) => void) | undefined;

  sync(): Promise<void> {
    this.syncs++;
    return new Promise((resolve, reject) => {
      this.#finish = (error) => (error === undefined ? resolve() : reject(error));
      this.#started.emit('sync');
    });
  }

  async close(): Promise<void> {}

  async nextSync(): Promise<void> {
    if (this.#finish === undefined) await once(this.#started, 'sync');
  }

  finish(error?: Error): void {
    const finish = this.#finish;
    this.#finish = undefined;
    finish?.(error);
  }
}

describe('the log of a SQLite file', () => {
  it('is written back after a document was read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'metadata-'));
    const path = join(folder, 'metadata.db');
    const log = { sync: () => Promise.resolve(), close: () => Promise.resolve() };
    const store = await openSqliteMetadataStore({ path, log });
    const text = 'x'.repeat(20_000);
    await store.put('documents', 'one', { text });
    expect(await store.get('documents', 'one')).toEqual({ text });
    for (let number = 0; number < 1000; number++) {
      await store.put('documents', `${number}`, { text });
    }
    // 20 MB were written; a thousand pages are what the engine lets it grow to.
    expect(statSync(`${path}-wal`).size).toBeLessThan(6 * 1024 * 1024);
    await store.close();
    rmSync(folder, { recursive: true });
  });
});

describe('the one owner of a SQLite file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'metadata-'));
    path = join(folder, 'metadata.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('refuses a second owner while the first lives, and serves it afterwards', async () => {
    const first = await openSqliteMetadataStore({ path });
    const refused = openSqliteMetadataStore({ path });
    await expect(refused).rejects.toThrow(`in use by process ${process.pid}`);
    await expect(refused).rejects.toBeInstanceOf(Failure);
    await first.put('c', 'k', 1);
    await first.close();
    const second = await openSqliteMetadataStore({ path });
    expect(await second.get('c', 'k')).toBe(1);
    await second.close();
    expect(existsSync(`${path}.owner`)).toBe(false);
  });

  it.each([
    ['a dead process', async () => JSON.stringify({ pid: await deadPid(), started: '' })],
    [
      'a process whose number was given to another',
      async () => JSON.stringify({ pid: process.pid, started: 'boot/1' }),
    ],
    ['nobody that can be read', async () => '{"pid'],
  ])('clears the locks of %s', async (_who, owner) => {
    writeFileSync(`${path}.owner`, await owner());
    mkdirSync(`${path}.lock`);
    const store = await openSqliteMetadataStore({ path });
    await store.put('c', 'k', 1);
    await store.close();
  });

  it('refuses a file of a newer format', async () => {
    const store = await openSqliteMetadataStore({ path });
    await store.close();
    const bytes = readFileSync(path);
    bytes.writeUInt32BE(99, 60); // user_version in the header of an SQLite file
    writeFileSync(path, bytes);
    await expect(openSqliteMetadataStore({ path })).rejects.toThrow('format 99');
    expect(existsSync(`${path}.owner`)).toBe(false);
  });

  it('acknowledges a write only when its log is on disk, and shares the next sync among those that wait', async () => {
    const log = new HeldLog();
    const store = await openSqliteMetadataStore({ path, log });
    const acknowledged: string[] = [];
    const put = async (key: string): Promise<void> => {
      await store.put('c', key, 1);
      acknowledged.push(key);
    };
    const first = put('first');
    await log.nextSync();
    const others = [put('second'), put('third')];
    expect(acknowledged).toEqual([]);
    log.finish();
    await first;
    await log.nextSync();
    expect(acknowledged).toEqual(['first']);
    log.finish();
    await Promise.all(others);
    expect(log.syncs).toBe(2);
    await store.close();
  });

  it('refuses every write after a sync that failed, and keeps what it acknowledged before', async () => {
    const log = new HeldLog();
    const store = await openSqliteMetadataStore({ path, log });
    const before = store.put('c', 'before', 1);
    await log.nextSync();
    log.finish();
    await before;
    const lost = store.put('c', 'lost', 1);
    await log.nextSync();
    log.finish(new Error('EIO: i/o error'));
    await expect(lost).rejects.toThrow('the disk did not keep');
    await expect(store.put('c', 'after', 1)).rejects.toThrow('the disk did not keep');
    await store.close();
    const again = await openSqliteMetadataStore({ path });
    expect(await again.get('c', 'before')).toBe(1);
    expect(await again.get('c', 'after')).toBeUndefined();
    await again.close();
  });

  it('finishes the writes under way when it is closed', async () => {
    const store = await openSqliteMetadataStore({ path });
    const writes = ['a', 'b', 'c'].map((key) => store.put('c', key, 1));
    await store.close();
    await Promise.all(writes);
    const again = await openSqliteMetadataStore({ path });
    expect(await again.list('c')).toHaveLength(3);
    await again.close();
  });

  it('rejects writes after close', async () => {
    const store = await openSqliteMetadataStore({ path });
    await store.close();
    await expect(store.put('c', 'k', 1)).rejects.toThrow('closed');
  });
});

async function deadPid(): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']);
  return Number(stdout);
}
