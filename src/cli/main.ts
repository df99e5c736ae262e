import { createProgram } from './program.js';
import { runProgram } from './run-program.js';

/** Runs `lazurite` with the arguments after its name. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  return runProgram(await createProgram(argv), argv);
}
