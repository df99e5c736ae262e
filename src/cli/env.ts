import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Option, type Command } from 'commander';
import { Failure } from '../base/failure.js';
import { findProgram, foldersOf } from '../base/programs.js';
import { connectTo } from './connection.js';
import { writeOwnAz } from './own-az.js';

type Shell = 'sh' | 'fish' | 'pwsh';

interface EnvOptions {
  home?: string;
  shell: Shell;
  withAz?: boolean;
  json?: boolean;
}

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
    .option('--with-az', "put Lazurite's own az on PATH where none is installed")
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      `
Examples:
  eval "$(lazurite env)"
  eval "$(lazurite env --with-az)" && az account show
  lazurite env --shell fish | source`,
    )
    .action(printVariables);
}

function printVariables({ home: homeOption, shell, withAz, json }: EnvOptions): void {
  const { home } = connectTo(homeOption);
  const variables = readVariables(home);
  const path = withAz === true ? pathWithAz(home, process.env['PATH'] ?? '') : undefined;
  const all = { ...variables, ...(path !== undefined && { PATH: path }) };
  const lines = Object.entries(all).map(([name, value]) => assignment(shell, name, value));
  console.log(json === true ? JSON.stringify(all, null, 2) : lines.join('\n'));
}

/** @returns undefined where an az is installed: that one goes on being used */
function pathWithAz(home: string, path: string): string | undefined {
  const folder = writeOwnAz(home);
  const others = foldersOf(path).filter((entry) => entry !== folder);
  const installed = findProgram('az', others);
  if (installed !== undefined) {
    process.stderr.write(`az is installed (${installed}), and stays the one that runs\n`);
    return undefined;
  }
  return [folder, ...others].join(delimiter);
}

function readVariables(home: string): Record<string, string> {
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
