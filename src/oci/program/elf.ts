import type { Platform } from '../platform.js';

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
 * The machine a program was compiled for, by its ELF header, the first 64 bytes. The variant of 32-bit arm is not in the
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

/** Bytes of a file in which linkers leave the program headers and the interpreter's name. */
export const ELF_INTERPRETER_BYTES = 4096;
const PT_INTERP = 3;

/**
 * The program that loads a dynamically linked one.
 *
 * @param head the file's first `ELF_INTERPRETER_BYTES`
 * @returns e.g. `'/lib64/ld-linux-x86-64.so.2'`; `''` when there is one whose name is not in the head;
 *   undefined for a static program, or what is no ELF file
 */
export function readElfInterpreter(head: Uint8Array): string | undefined {
  if (readElfPlatform(head) === undefined) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const is64 = head[4] === 2;
  const little = head[5] === 1;
  if (head.length < (is64 ? 64 : 52)) return undefined;
  const word = (at: number): number =>
    is64 ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
  const table = word(is64 ? 32 : 28);
  const size = view.getUint16(is64 ? 54 : 42, little);
  const count = view.getUint16(is64 ? 56 : 44, little);
  for (let index = 0; index < count; index++) {
    const at = table + index * size;
    if (at + 40 > head.length) return undefined;
    if (view.getUint32(at, little) !== PT_INTERP) continue;
    const offset = word(at + (is64 ? 8 : 4));
    const length = word(at + (is64 ? 32 : 16));
    if (offset + length > head.length) return '';
    const name = Buffer.from(head.subarray(offset, offset + length)).toString('latin1');
    return name.replace(/\0.*$/s, '');
  }
  return undefined;
}
