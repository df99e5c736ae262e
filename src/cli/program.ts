import type { Command } from 'commander';
import { newProgram } from './new-program.js';

/** Adds a command, or a group of them; `subcommand` is the word after the group's name, when one is known. */
type Register = (program: Command, subcommand?: string) => void | Promise<void>;

/** Each command with what it loads, in the order of the help text. */
const COMMANDS: ReadonlyMap<string, () => Promise<Register>> = new Map(
  Object.entries({
    up: async () => (await import('./up.js')).registerUpCommand,
    status: async () => (await import('./status.js')).registerStatusCommand,
    down: async () => (await import('./down.js')).registerDownCommand,
    doctor: async () => (await import('./doctor.js')).registerDoctorCommand,
    env: async () => (await import('./env.js')).registerEnvCommand,
    lab: async () => (await import('./lab.js')).registerLabCommands,
    registry: async () => (await import('./registry.js')).registerRegistryCommands,
    check: async () => (await import('./check.js')).registerCheckCommand,
    mirror: async () => (await import('./mirror.js')).registerMirrorCommands,
    image: async () => (await import('./image.js')).registerImageCommands,
    build: async () => (await import('./build/build-command.js')).registerBuildCommand,
    trust: async () => (await import('./trust.js')).registerTrustCommands,
    completion: async () => {
      const { registerCompletionCommand } = await import('./completion.js');
      return (program: Command) => {
        registerCompletionCommand(program, createProgram);
      };
    },
    keys: async () => (await import('./keys.js')).registerKeysCommands,
  }),
);

/**
 * The `lazurite` command.
 *
 * @param argv what the command line begins with: then only that command is loaded, so that a build starts
 *   at once and a registry holds no memory for what it never does; all of them without
 */
export async function createProgram(argv: readonly string[] = []): Promise<Command> {
  const program = newProgram();
  const [name = '', subcommand] = argv;
  const load = COMMANDS.get(name);
  if (load !== undefined) {
    await (
      await load()
    )(program, subcommand);
    return program;
  }
  for (const each of COMMANDS.values()) await (await each())(program);
  // Dispatched before this program is built; they stand here for the help text.
  program
    .command('az')
    .description('az commands against the running Lazurite (lazurite az --help)');
  program.command('bicep').description('compile and lint Bicep files (lazurite bicep --help)');
  return program;
}
