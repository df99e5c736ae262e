import { registerBuildCommand } from './build/build-command.js';
import { newProgram } from './new-program.js';
import { runProgram } from './run-program.js';

/** Runs `lazurite build` alone, in a bundle that loads nothing of the rest. @returns the exit code */
export function main(argv: readonly string[]): Promise<number> {
  const program = newProgram();
  registerBuildCommand(program);
  return runProgram(program, ['build', ...argv]);
}
