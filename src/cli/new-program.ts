import { Command, Help, type Option } from 'commander';
import { packageVersion } from '../server/version.js';

/** The `lazurite` command without any of its own. Usage errors throw a CommanderError instead of exiting. */
export function newProgram(): Command {
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
  // Both are inherited by the commands registered after it.
  program.exitOverride();
  program.configureHelp({ optionDescription: withoutEmptyDefault });
  return program;
}

/** That nothing is given by default needs no saying. */
function withoutEmptyDefault(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: \[\]\)$/, '');
}
