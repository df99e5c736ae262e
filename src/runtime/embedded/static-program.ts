import { closeSync, openSync, readSync } from 'node:fs';
import { ELF_HEADER_BYTES, readElfPlatform } from '../../oci/elf.js';

const PT_INTERP = 3;

/** What kind of file an executable is, as far as starting it goes. */
export type ProgramKind =
  | { kind: 'static'; architecture: string }
  | { kind: 'dynamic'; architecture: string }
  | { kind: 'script'; interpreter: string }
  | { kind: 'unknown' };

/** Looks at the head of a program: ELF with or without an interpreter of its own, or a script. */
export function programKind(path: string): ProgramKind {
  const head = readHead(path, 4096);
  if (head.subarray(0, 2).toString('latin1') === '#!') {
    const line = head.subarray(2).toString('latin1').split('\n')[0] ?? '';
    return { kind: 'script', interpreter: line.trim().split(/\s+/)[0] ?? '' };
  }
  const platform = readElfPlatform(head.subarray(0, ELF_HEADER_BYTES));
  if (!platform) return { kind: 'unknown' };
  const { architecture } = platform;
  return { kind: hasInterpreter(head) ? 'dynamic' : 'static', architecture };
}

function readHead(path: string, bytes: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(bytes);
    return head.subarray(0, readSync(file, head));
  } finally {
    closeSync(file);
  }
}

/** Program headers that do not lie in the head are not looked for: linkers put them right behind it. */
function hasInterpreter(head: Buffer): boolean {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const is64 = head[4] === 2;
  const little = head[5] === 1;
  if (head.length < (is64 ? 64 : 52)) return false;
  const offset = is64 ? Number(view.getBigUint64(32, little)) : view.getUint32(28, little);
  const size = view.getUint16(is64 ? 54 : 42, little);
  const count = view.getUint16(is64 ? 56 : 44, little);
  for (let index = 0; index < count; index++) {
    const at = offset + index * size;
    if (at + 4 > head.length) return false;
    if (view.getUint32(at, little) === PT_INTERP) return true;
  }
  return false;
}
