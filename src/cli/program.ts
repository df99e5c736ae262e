import { Command } from 'commander';
import { registerBuildCommand } from './build/build-command.js';
import { registerCheckCommand } from './check.js';
import { registerDoctorCommand } from './doctor.js';
import { registerDownCommand } from './down.js';
import { registerEnvCommand } from './env.js';
import { registerImageCommands } from './image.js';
import { registerLabCommands } from './lab.js';
import { registerMirrorCommands } from './mirror.js';
import { registerRegistryCommands } from './registry.js';
import { registerStatusCommand } from './status.js';
import { packageVersion } from '../server/version.js';
import { registerTrustCommands } from './trust.js';
import { registerUpCommand } from './up.js';

/** The `lazurite` command with every group. Usage errors throw a CommanderError instead of exiting. */
export function createProgram(): Command {
  const program = new Command('lazurite')
    .description('Azure Container Registry and Azure Container Apps on your own machine')
    .version(packageVersion(), '-v, --version')
    .showHelpAfterError('(run with --help for usage)')
    .addHelpText(
      'after',
      `
Examples:
  lazurite lab run acr-pull-failure    reproduce an image-pull failure, and its fix
  lazurite up --detach                 start, then: eval "$(lazurite env)" && az group list
  lazurite az …                        az commands without the Azure CLI`,
    );
  // Inherited by the commands registered after it.
  program.exitOverride();
  registerUpCommand(program);
  registerStatusCommand(program);
  registerDownCommand(program);
  registerDoctorCommand(program);
  registerEnvCommand(program);
  registerLabCommands(program);
  registerRegistryCommands(program);
  registerCheckCommand(program);
  registerMirrorCommands(program);
  registerImageCommands(program);
  registerBuildCommand(program);
  registerTrustCommands(program);
  // These two are dispatched before this program is built; they stand here for the help text.
  program
    .command('az')
    .description('az commands against the running Lazurite (lazurite az --help)');
  return program;
}
