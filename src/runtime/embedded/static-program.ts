import { closeSync, openSync, readSync } from 'node:fs';
import { PROGRAM_HEAD_BYTES, readProgram } from '../../oci/program/program.js';

/** What kind of file an executable is, as far as starting it goes. */
export type ProgramKind =
  | { kind: 'static'; architecture: string }
  | { kind: 'dynamic'; architecture: string }
  | { kind: 'script'; interpreter: string }
  | { kind: 'unknown' };

/** Looks at the head of a program: ELF with or without an interpreter of its own, or a script. */
export function programKind(path: string): ProgramKind {
  const program = readProgram(readHead(path, PROGRAM_HEAD_BYTES));
  if (program?.kind === 'script') return { kind: 'script', interpreter: program.interpreter };
  if (program?.platform.os !== 'linux') return { kind: 'unknown' };
  const { architecture } = program.platform;
  return { kind: program.loader === undefined ? 'static' : 'dynamic', architecture };
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
