import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK_BYTES, BlockPool } from './block-pool.js';
import { FileReader } from './file-reader.js';

const CONTENT = randomBytes(2 * BLOCK_BYTES + 17);
let directory: string;
let path: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'reader-'));
  path = join(directory, 'blob');
  writeFileSync(path, CONTENT);
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe.each([{ pastCache: true }, { pastCache: false }])('a reader, $pastCache', (options) => {
  const pool = new BlockPool();
  const cases: { name: string; position: number; length: number; target?: Buffer }[] = [
    { name: 'a whole block', position: 0, length: BLOCK_BYTES },
    { name: 'the rest at the end', position: 2 * BLOCK_BYTES, length: 17 },
    { name: 'more than there is', position: 2 * BLOCK_BYTES, length: BLOCK_BYTES },
    { name: 'a position inside a page', position: 5, length: 100 },
    { name: 'a length that is no whole page', position: 4096, length: 4097 },
    {
      name: 'a target with no room for the page',
      position: 0,
      length: 100,
      target: Buffer.alloc(100),
    },
    {
      name: 'memory that is not aligned',
      position: 0,
      length: 4096,
      target: pool.take().subarray(16),
    },
    { name: 'what lies behind the end', position: 3 * BLOCK_BYTES, length: BLOCK_BYTES },
  ];
  it.each(cases)('gives $name', async ({ position, length, target = pool.take() }) => {
    const reader = new FileReader(path, options);
    const read = await reader.read(target, length, position);
    reader.close();
    const expected = CONTENT.subarray(position, position + length);
    expect(read).toBe(expected.length);
    expect(target.subarray(0, read).equals(expected)).toBe(true);
  });

  it('reads on after the system has refused once', async () => {
    const reader = new FileReader(path, options);
    await reader.read(pool.take().subarray(16), 4096, 0);
    const block = pool.take();
    expect(await reader.read(block, BLOCK_BYTES, BLOCK_BYTES)).toBe(BLOCK_BYTES);
    reader.close();
    expect(block.equals(CONTENT.subarray(BLOCK_BYTES, 2 * BLOCK_BYTES))).toBe(true);
  });

  it('says that there is no such file', () => {
    expect(() => new FileReader(join(directory, 'none'), options)).toThrow(/ENOENT/);
  });
});
