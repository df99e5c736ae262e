import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPlatform } from '../platform.js';
import { readElfInterpreter, readElfPlatform } from './elf.js';
import { readMachOPlatform } from './mach-o.js';
import { readPePlatform } from './pe.js';
import { PROGRAM_HEAD_BYTES, readProgram } from './program.js';
import { elfFile, machOFile, peFile } from './testing/program-files.js';

describe('readElfPlatform', () => {
  const header = (is64: boolean, little: boolean, machine: number): Buffer => {
    const bytes = Buffer.alloc(64);
    bytes.write('\x7fELF', 'latin1');
    bytes[4] = is64 ? 2 : 1;
    bytes[5] = little ? 1 : 2;
    if (little) bytes.writeUInt16LE(machine, 18);
    else bytes.writeUInt16BE(machine, 18);
    return bytes;
  };

  it.each([
    [header(true, true, 62), 'amd64'],
    [header(true, true, 183), 'arm64'],
    [header(false, true, 40), 'arm'],
    [header(true, false, 22), 's390x'],
    [header(true, true, 21), 'ppc64le'],
    [header(true, false, 21), 'ppc64'],
    [header(false, false, 8), 'mips'],
    [header(true, true, 9999), 'unknown'],
  ])('%# names the machine', (bytes, architecture) => {
    expect(readElfPlatform(bytes)).toEqual({ os: 'linux', architecture });
  });

  it.each([
    Buffer.alloc(0),
    Buffer.from('\x7fELF', 'latin1'),
    Buffer.from('#!/bin/sh\n'.repeat(9)),
  ])('knows what is no ELF file', (bytes) => {
    expect(readElfPlatform(bytes)).toBeUndefined();
  });
});

describe('readElfInterpreter', () => {
  const LOADER = '/lib/ld-musl-x86_64.so.1';

  it.each([
    ['64 bits', elfFile({ machine: 62, loader: LOADER }), LOADER],
    [
      '32 bits, big endian',
      elfFile({ machine: 8, bits: 32, little: false, loader: LOADER }),
      LOADER,
    ],
    ['a static program', elfFile({ machine: 62 }), undefined],
    ['a name beyond the head', elfFile({ machine: 62, loader: LOADER }).subarray(0, 130), ''],
    [
      'a table beyond the head',
      elfFile({ machine: 62, loader: LOADER }).subarray(0, 80),
      undefined,
    ],
    ['another file', Buffer.alloc(100), undefined],
  ])('%s', (_what, head, loader) => {
    expect(readElfInterpreter(head)).toBe(loader);
  });
});

describe('readPePlatform', () => {
  it.each([
    [0x14c, '386'],
    [0x8664, 'amd64'],
    [0xaa64, 'arm64'],
    [0x1c4, 'arm'],
    [0x200, 'unknown'],
  ])('machine %i is %s', (machine, architecture) => {
    expect(readPePlatform(peFile(machine))).toEqual({ os: 'windows', architecture });
  });

  it('finds the header wherever the stub ends', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 64, max: 1018 }),
        fc.constantFrom(0x8664, 0xaa64),
        (at, machine) => {
          const architecture = machine === 0x8664 ? 'amd64' : 'arm64';
          expect(readPePlatform(peFile(machine, at))?.architecture).toBe(architecture);
          expect(readPePlatform(peFile(machine, at).subarray(0, at + 5))).toBeUndefined();
        },
      ),
    );
  });

  it('is no program of DOS, and none without its signature', () => {
    const dos = peFile(0x8664);
    dos.writeUInt32LE(0xffffffff, 0x3c);
    expect(readPePlatform(dos)).toBeUndefined();
    expect(readPePlatform(Buffer.from('MZ'))).toBeUndefined();
  });
});

describe('readMachOPlatform', () => {
  it.each([
    ['arm64', machOFile(0x0100000c), 'darwin/arm64'],
    ['amd64', machOFile(0x01000007), 'darwin/amd64'],
    ['big endian', machOFile(7, { little: false }), 'darwin/386'],
    ['fat', machOFile(0x01000007, { fat: 2 }), 'darwin/amd64'],
    ['a Java class', machOFile(0x0100000c, { fat: 61 }), undefined],
    ['another', Buffer.alloc(12), undefined],
  ])('%s', (_what, head, expected) => {
    const platform = readMachOPlatform(head);
    expect(platform && formatPlatform(platform)).toBe(expected);
  });
});

describe('readProgram', () => {
  it.each([
    ['#!/bin/sh\nexit', { kind: 'script', interpreter: '/bin/sh', argument: '' }],
    [
      '#! /usr/bin/env  -S node --x \n',
      { kind: 'script', interpreter: '/usr/bin/env', argument: '-S node --x' },
    ],
    ['#!/bin/sh\r\n', { kind: 'script', interpreter: '/bin/sh\r', argument: '' }],
    ['#!', { kind: 'script', interpreter: '', argument: '' }],
    ['hello', undefined],
    ['', undefined],
  ])('%j', (text, expected) => {
    expect(readProgram(Buffer.from(text))).toEqual(expected);
  });

  it.each([
    ['linux/amd64', elfFile({ machine: 62 })],
    ['windows/arm64', peFile(0xaa64)],
    ['darwin/arm64', machOFile(0x0100000c)],
  ])('%s', (platform, head) => {
    expect(readProgram(head)).toMatchObject({ kind: 'binary' });
    const program = readProgram(head);
    expect(program?.kind === 'binary' && formatPlatform(program.platform)).toBe(platform);
  });

  it('never throws, whatever the bytes and however few', () => {
    const magics = fc.constantFrom(
      '7f454c460201',
      '7f454c460102',
      '4d5a',
      'cffaedfe',
      'cafebabe',
      '2321',
      '',
    );
    const heads = fc
      .tuple(magics, fc.uint8Array({ maxLength: 600 }))
      .map(([magic, rest]) =>
        Buffer.concat([Buffer.from(magic, 'hex'), rest]).subarray(0, PROGRAM_HEAD_BYTES),
      );
    fc.assert(
      fc.property(heads, (head) => {
        readProgram(head);
      }),
      { numRuns: 2000 },
    );
  });
});
