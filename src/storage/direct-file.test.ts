import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BLOCK_BYTES, BlockPool } from './block-pool.js';
import { DIRECT_ALIGNMENT, DirectFile } from './direct-file.js';

let directory: string;
let path: string;
let descriptor: number;
let file: DirectFile;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'direct-'));
  path = join(directory, 'file');
  descriptor = openSync(path, 'w+');
  file = new DirectFile(path, descriptor);
});
afterEach(() => {
  file.close();
  closeSync(descriptor);
  rmSync(directory, { recursive: true });
});

/** Whole blocks are taken from the pool, as uploads take them. */
function filled(length = BLOCK_BYTES): Buffer {
  const block = new BlockPool().take().subarray(0, length);
  randomBytes(length).copy(block);
  return block;
}

describe('a file written past the page cache', () => {
  const cases: { name: string; parts: Buffer[] }[] = [
    { name: 'whole blocks', parts: [filled(), filled()] },
    { name: 'whole blocks and a rest', parts: [filled(), filled(17)] },
    { name: 'a start that is not aligned', parts: [filled(5), filled(), filled()] },
    { name: 'one page', parts: [filled(DIRECT_ALIGNMENT)] },
    { name: 'memory that is not aligned', parts: [filled().subarray(16, 16 + DIRECT_ALIGNMENT)] },
  ];
  it.each(cases)('holds what was written: $name', async ({ parts }) => {
    let position = 0;
    const writes = parts.map((part) => {
      const written = file.write(part, position);
      position += part.length;
      return written;
    });
    await Promise.all(writes);
    expect(readFileSync(path).equals(Buffer.concat(parts))).toBe(true);
  });

  it('writes on after the system has refused once', async () => {
    const odd = filled().subarray(16, 16 + DIRECT_ALIGNMENT);
    await file.write(odd, 0);
    const block = filled();
    await file.write(block, DIRECT_ALIGNMENT);
    expect(readFileSync(path).equals(Buffer.concat([odd, block]))).toBe(true);
  });

  it('fails as the file system fails', async () => {
    rmSync(path);
    await expect(file.write(filled(), 0)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

it('blocks of the pool begin with a page', async () => {
  // A write that the system refuses for its address would fall back silently; here it must not.
  const { constants, write } = await import('node:fs');
  if (!('O_DIRECT' in constants)) return;
  let direct: number;
  try {
    direct = openSync(path, constants.O_WRONLY | constants.O_DIRECT);
  } catch {
    return; // a file system without direct writing
  }
  const written = await new Promise<number>((resolve, reject) => {
    write(direct, filled(), 0, BLOCK_BYTES, 0, (error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
  closeSync(direct);
  expect(written).toBe(BLOCK_BYTES);
});
