import type { Platform } from '../platform.js';

/** `Machine` → architecture. */
const MACHINES: Readonly<Record<number, string>> = {
  0x014c: '386',
  0x01c0: 'arm',
  0x01c2: 'arm',
  0x01c4: 'arm',
  0x5064: 'riscv64',
  0x6264: 'loong64',
  0x8664: 'amd64',
  0xaa64: 'arm64',
};
const POINTER_AT = 0x3c;

/**
 * The machine a Windows program was compiled for, by its PE header, which lies behind a stub for DOS
 * (in practice within the first 1024 bytes).
 *
 * @returns undefined when the bytes do not start a PE file; architecture `'unknown'` when they start one for a
 *   machine that has no name here.
 * @see https://learn.microsoft.com/windows/win32/debug/pe-format#machine-types
 */
export function readPePlatform(head: Uint8Array): Platform | undefined {
  if (head.length < POINTER_AT + 4) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint16(0) !== 0x4d5a) return undefined; // 'MZ'
  const header = view.getUint32(POINTER_AT, true);
  if (header + 6 > head.length || view.getUint32(header) !== 0x50450000) return undefined; // 'PE\0\0'
  const architecture = MACHINES[view.getUint16(header + 4, true)] ?? 'unknown';
  return { os: 'windows', architecture };
}
