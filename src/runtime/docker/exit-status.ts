import { signalName } from '../embedded/signals.js';
import type { ExitStatus } from '../runtime.js';

const SIGNALLED = 128;

/**
 * The engine tells a number only: from 129 on it is taken for a signal, as a shell does, though a program may
 * end with such a number by itself.
 */
export function exitStatus(code: number): Omit<ExitStatus, 'outOfMemory'> {
  const signal = code > SIGNALLED ? signalName(code - SIGNALLED) : undefined;
  return { code, ...(signal !== undefined && { signal }) };
}
