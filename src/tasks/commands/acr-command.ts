import type { CommandScope } from '../steps/command-scope.js';
import { AcrApi, requireOwnRegistry } from './acr-api.js';
import { runPurge } from './acr-purge.js';
import { readOptions } from './options.js';
import { CommandLineError } from './words.js';

/** `acr purge|tag|manifest`: ACR's command line for what tasks clean up. */
export async function runAcr(scope: CommandScope, words: readonly string[]): Promise<void> {
  const [name = '', ...rest] = words;
  switch (name) {
    case 'purge':
      return runPurge(scope, rest);
    case 'tag':
      return runOn(scope, 'tag', rest);
    case 'manifest':
      return runOn(scope, 'manifest', rest);
    default:
      throw new CommandLineError(
        `acr ${name} is not implemented here; acr purge, tag and manifest are`,
      );
  }
}

async function runOn(
  scope: CommandScope,
  noun: 'tag' | 'manifest',
  [verb = '', ...rest]: readonly string[],
): Promise<void> {
  const command = `acr ${noun} ${verb}`;
  const table = { registry: 'value', repository: 'value' } as const;
  const { values, operands } = readOptions(command, rest, table, { r: 'registry' });
  requireOwnRegistry(scope, command, values.get('registry')?.at(-1));
  const repository = values.get('repository')?.at(-1);
  if (repository === undefined) throw new CommandLineError(`${command} needs --repository`);
  if (verb === 'list') return list(scope, noun, repository);
  if (verb !== 'delete') {
    throw new CommandLineError(`${command} is not implemented here; list and delete are`);
  }
  if (operands.length === 0) throw new CommandLineError(`${command} names no ${noun}`);
  const api = new AcrApi(scope);
  for (const name of operands) {
    if (noun === 'tag') await api.deleteTag(repository, name);
    else await api.deleteManifest(repository, name);
    const separator = noun === 'tag' ? ':' : '@';
    scope.run.log.line(`${scope.run.loginServer}/${repository}${separator}${name}`);
  }
}

async function list(
  scope: CommandScope,
  noun: 'tag' | 'manifest',
  repository: string,
): Promise<void> {
  const { log, loginServer } = scope.run;
  const api = new AcrApi(scope);
  log.line(`Listing ${noun}s for the "${repository}" repository:`);
  if (noun === 'tag') {
    for (const { name } of await api.tags(repository))
      log.line(`${loginServer}/${repository}:${name}`);
    return;
  }
  for (const { digest } of await api.manifests(repository)) {
    log.line(`${loginServer}/${repository}@${digest}`);
  }
}
