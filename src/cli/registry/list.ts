import type { Command } from 'commander';
import { Failure } from '../../base/failure.js';
import { parseReference, type RepositoryName } from '../../oci/reference.js';
import {
  addAccessOptions,
  inventoryOf,
  runImageCommand,
  type AccessOptions,
} from '../image/access-options.js';

interface ListOptions extends AccessOptions {
  json?: boolean;
}

export function registerListCommand(registry: Command): void {
  const command = registry
    .command('list')
    .description('the repositories of a registry, or the tags of a repository, one a line')
    .argument('<place>', 'HOST or HOST/REPOSITORY')
    .option('--json', 'print a JSON array');
  addAccessOptions(command)
    .addHelpText(
      'after',
      `
Credentials are those of docker or podman.

Examples:
  lazurite registry list localhost:5000
  lazurite registry list ghcr.io/team/app`,
    )
    .action((place: string, options: ListOptions) =>
      runImageCommand(async (signal) => {
        const { host, repository } = parsePlace(place);
        const inventory = await inventoryOf(host, options);
        const names =
          repository === undefined
            ? await inventory.repositories(signal)
            : await inventory.tags(repository, signal);
        if (options.json) console.log(JSON.stringify(names, null, 2));
        else for (const name of names) console.log(name);
      }),
    );
}

/**
 * `'localhost:5000'`, `'localhost:5000/team/app'`. What has no slash is a host.
 *
 * @throws Failure (exit code 2)
 */
export function parsePlace(text: string): { host: string; repository?: RepositoryName } {
  const isHost = !text.includes('/');
  // A tag that is given already makes this one malformed.
  const reference = parseReference(`${text}${isHost ? '/any' : ''}:tag`);
  if (reference?.tag !== undefined && (!isHost || reference.registry === text)) {
    const { registry: host, repository } = reference;
    return isHost ? { host } : { host, repository };
  }
  throw new Failure(`"${text}" is neither a registry nor a repository`, {
    help: 'write HOST for its repositories, HOST/REPOSITORY for the tags there; of an image: lazurite image inspect',
    exitCode: 2,
  });
}
