import type { Platform } from './platform.js';

/** Bytes of a file that `readElfPlatform` needs at most: the 64-bit header. */
export const ELF_HEADER_BYTES = 64;

/** e_machine → architecture; those that depend on word size or byte order are worked out below. */
const MACHINES: Readonly<Record<number, string>> = {
  3: '386',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};
const EM_MIPS = 8;
const EM_PPC64 = 21;

/**
 * The machine a program was compiled for, by its ELF header. The variant of 32-bit arm is not in the
 * header and stays unset.
 *
 * @returns undefined when the bytes do not start an ELF file; architecture `'unknown'` when they start
 *   one for a machine that has no name here.
 */
export function readElfPlatform(header: Uint8Array): Platform | undefined {
  if (header.length < 20) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.getUint32(0) !== 0x7f454c46) return undefined;
  const is64 = header[4] === 2;
  const littleEndian = header[5] === 1;
  const machine = view.getUint16(18, littleEndian);
  return { os: 'linux', architecture: architectureOf(machine, is64, littleEndian) };
}

function architectureOf(machine: number, is64: boolean, littleEndian: boolean): string {
  if (machine === EM_MIPS) return `mips${is64 ? '64' : ''}${littleEndian ? 'le' : ''}`;
  if (machine === EM_PPC64) return littleEndian ? 'ppc64le' : 'ppc64';
  return MACHINES[machine] ?? 'unknown';
}
