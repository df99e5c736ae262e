import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
