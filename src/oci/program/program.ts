import type { Platform } from '../platform.js';
import { ELF_INTERPRETER_BYTES, readElfInterpreter, readElfPlatform } from './elf.js';
import { readMachOPlatform } from './mach-o.js';
import { readPePlatform } from './pe.js';

/** Bytes of a file that `readProgram` looks at. */
export const PROGRAM_HEAD_BYTES = ELF_INTERPRETER_BYTES;

/** What a file is, as far as starting it goes. */
export type Program =
  | {
      kind: 'binary';
      /** e.g. `linux/arm64` for ELF, `windows/amd64` for PE, `darwin/arm64` for Mach-O */
      platform: Platform;
      /** The loader of a dynamically linked ELF program; see `readElfInterpreter`. */
      loader?: string;
    }
  | {
      kind: 'script';
      /** e.g. `'/usr/bin/env'`; a file with Windows' line ends asks for `'/bin/sh\r'`, as Linux reads it */
      interpreter: string;
      /** The rest of the first line, e.g. `'-S node --flag'`; Linux hands it over as one argument. */
      argument: string;
    };

/**
 * @param head the file's first `PROGRAM_HEAD_BYTES`
 * @returns undefined for a file of another kind
 */
export function readProgram(head: Uint8Array): Program | undefined {
  if (head[0] === 0x23 && head[1] === 0x21) return readScript(head);
  const elf = readElfPlatform(head);
  if (elf) {
    const loader = readElfInterpreter(head);
    return { kind: 'binary', platform: elf, ...(loader !== undefined && { loader }) };
  }
  const platform = readPePlatform(head) ?? readMachOPlatform(head);
  return platform && { kind: 'binary', platform };
}

/** Linux reads no further than this. */
const SCRIPT_LINE_BYTES = 256;

function readScript(head: Uint8Array): Program {
  const line = Buffer.from(head.subarray(2, SCRIPT_LINE_BYTES)).toString('utf8').split('\n', 1)[0];
  const [, interpreter = '', argument = ''] =
    /^[ \t]*([^ \t]*)[ \t]*([^]*?)[ \t]*$/.exec(line ?? '') ?? [];
  return { kind: 'script', interpreter, argument };
}
