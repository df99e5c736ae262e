import { InvalidArgumentError, type Command } from 'commander';
import { Failure } from '../../base/failure.js';
import type { BulkOptions, BulkResult } from '../../image/bulk/bulk-copy.js';
import { parseRepositoryName, type RepositoryName } from '../../oci/reference.js';
import { addAccessOptions, type AccessOptions } from '../image/access-options.js';
import { formatBytes } from '../image/format-bytes.js';

/** What `registry export` and `registry import` have in common. */
export interface BulkCommandOptions extends AccessOptions {
  repository?: RepositoryName[];
  json?: boolean;
}

export function addBulkOptions(command: Command): Command {
  command
    .option('--repository <name>', 'only this one (repeatable)', collectRepositories)
    .option('--json', 'print the result as JSON');
  return addAccessOptions(command);
}

/** A line an image on standard error, unless the output is for programs. */
export function bulkOptions(options: BulkCommandOptions, signal: AbortSignal): BulkOptions {
  return {
    ...(options.repository && { repositories: options.repository }),
    onImage: (name, { digest, bytes }) => {
      if (options.json !== true) process.stderr.write(`${name} ${digest} ${formatBytes(bytes)}\n`);
    },
    signal,
  };
}

/**
 * Prints what it came to.
 *
 * @param verb e.g. `'exported'`
 * @throws Failure when some images could not be copied
 */
export function report(verb: string, result: BulkResult, options: BulkCommandOptions): void {
  const { repositories, images, manifests, blobs, bytes, failures } = result;
  const present = manifests.present + blobs.present + blobs.mounted;
  const written = `${manifests.written} manifests and ${blobs.written} blobs (${formatBytes(bytes)})`;
  const text = `${verb} ${images} images of ${repositories} repositories: ${written} copied, ${present} there already`;
  console.log(options.json === true ? JSON.stringify(result, null, 2) : text);
  if (failures.length === 0) return;
  const lines = failures.map(({ name, message }) => `${name}: ${message}`);
  throw new Failure(`${failures.length} images could not be ${verb}; all others were`, {
    why: lines.join('\n        '),
    help: 'push those images anew, or delete them, then run the command again',
  });
}

function collectRepositories(value: string, before: RepositoryName[] = []): RepositoryName[] {
  const repository = parseRepositoryName(value);
  if (repository === undefined) throw new InvalidArgumentError(`"${value}" is no repository`);
  return [...before, repository];
}
