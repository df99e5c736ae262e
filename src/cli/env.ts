import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { Failure } from '../base/failure.js';
import { connectTo } from './connection.js';

type Shell = 'sh' | 'fish' | 'pwsh';

export function registerEnvCommand(program: Command): void {
  program
    .command('env')
    .description(
      'print the variables that point az, docker, curl, python and node at this Lazurite',
    )
    .option('--home <dir>', 'home folder (default: $LAZURITE_HOME, else ~/.lazurite)')
    .addOption(
      new Option('--shell <shell>', 'syntax').choices(['sh', 'fish', 'pwsh']).default('sh'),
    )
    .option('--json', 'print a JSON object')
    .addHelpText('after', '\nExample:\n  eval "$(lazurite env)"\n  az account show')
    .action((options: { home?: string; shell: Shell; json?: boolean }) => {
      const variables = readVariables(options.home);
      console.log(
        options.json
          ? JSON.stringify(variables, null, 2)
          : Object.entries(variables)
              .map(([name, value]) => assignment(options.shell, name, value))
              .join('\n'),
      );
    });
}

function readVariables(homeOption?: string): Record<string, string> {
  const { home } = connectTo(homeOption);
  const value: unknown = JSON.parse(readFileSync(join(home, 'run', 'env.json'), 'utf8'));
  if (typeof value !== 'object' || value === null) {
    throw new Failure(`${home}/run/env.json holds no variables`, {
      help: 'lazurite down, then lazurite up',
    });
  }
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

/** @param value may hold anything but a NUL: it is quoted for the shell. */
export function assignment(shell: Shell, name: string, value: string): string {
  switch (shell) {
    case 'sh':
      return `export ${name}='${value.replaceAll("'", `'\\''`)}'`;
    case 'fish':
      return `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", `\\'`)}'`;
    case 'pwsh':
      return `$env:${name} = '${value.replaceAll("'", "''")}'`;
  }
}
