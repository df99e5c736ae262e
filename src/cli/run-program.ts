import { CommanderError, type Command } from 'commander';
import { ignoreBrokenPipes } from '../base/broken-pipe.js';
import { Failure, codeOf, messageOf } from '../base/failure.js';

/** Runs what a command line asks of a program, and says what went wrong. @returns the exit code */
export async function runProgram(program: Command, argv: readonly string[]): Promise<number> {
  ignoreBrokenPipes();
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Failure) {
      console.error(error.toString());
      return error.exitCode;
    }
    if (codeOf(error) === undefined) throw error;
    // what the system refuses (a full disk, a file of someone else) is no fault of the program
    console.error(new Failure(messageOf(error)).toString());
    return 1;
  }
}
