import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { programKind } from './static-program.js';
import { scratchDirectory } from './testing/scratch.js';

/** A 64-bit little-endian ELF header for x86-64 with program headers of these types behind it. */
function elf(...types: number[]): Buffer {
  const bytes = Buffer.alloc(64 + types.length * 56);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeUInt16LE(62, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(types.length, 56);
  types.forEach((type, index) => bytes.writeUInt32LE(type, 64 + index * 56));
  return bytes;
}

const PT_LOAD = 1;
const PT_INTERP = 3;

describe('programKind', () => {
  it.each([
    ['a static program', elf(PT_LOAD), { kind: 'static', architecture: 'amd64' }],
    ['a dynamic one', elf(PT_LOAD, PT_INTERP), { kind: 'dynamic', architecture: 'amd64' }],
    ['a script', Buffer.from('#! /bin/sh -e\n'), { kind: 'script', interpreter: '/bin/sh' }],
    ['text', Buffer.from('hello'), { kind: 'unknown' }],
    ['nothing', Buffer.alloc(0), { kind: 'unknown' }],
    ['a cut-off header', elf(PT_LOAD).subarray(0, 40), { kind: 'static', architecture: 'amd64' }],
    ['headers that are not there', elf(PT_LOAD, PT_INTERP).subarray(0, 100), { kind: 'static' }],
  ])('%s', (_what, content, expected) => {
    const path = join(scratchDirectory(), 'program');
    fs.writeFileSync(path, content);
    expect(programKind(path)).toMatchObject(expected);
  });
});
