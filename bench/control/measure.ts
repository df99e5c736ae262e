import { spawnSync } from 'node:child_process';
import { clientSeconds } from '../machine.js';

/** Milliseconds of one run of a program, by the clock and of the processor. */
export interface ProgramRun {
  wall: number;
  cpu: number;
}

/** @throws Error when it fails: a refused command would be measured as a quick one */
export function runProgram(
  command: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): ProgramRun & { stdout: string } {
  const [program = '', ...args] = command;
  const before = clientSeconds();
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
  const wall = performance.now() - started;
  if (status !== 0) throw new Error(`${command.join(' ')}\n${stdout}${stderr}`);
  return { wall, cpu: (clientSeconds() - before) * 1_000, stdout };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
