import { Command, CommanderError } from 'commander';
import { Failure, codeOf, messageOf } from '../base/failure.js';

/** Runs `lazurite` with the arguments after its name. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  // Its arguments are the bicep executable's own, not this program's.
  if (argv[0] === 'bicep') return bicep(argv.slice(1));
  const program = await programFor(argv);
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

/** Builds start often, in scripts: they load nothing of the rest. */
async function programFor(argv: readonly string[]): Promise<Command> {
  if (argv[0] !== 'build') return (await import('./program.js')).createProgram();
  const { registerBuildCommand } = await import('./build/build-command.js');
  const program = new Command('lazurite').showHelpAfterError('(run with --help for usage)');
  program.exitOverride();
  registerBuildCommand(program);
  return program;
}

async function bicep(argv: readonly string[]): Promise<number> {
  const { runBicep } = await import('./bicep.js');
  return runBicep(argv, {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    environment: process.env,
  });
}
