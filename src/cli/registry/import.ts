import type { Command } from 'commander';
import { importRegistry } from '../../image/bulk/import-registry.js';
import { accessOf, runImageCommand } from '../image/access-options.js';
import { addBulkOptions, bulkOptions, report, type BulkCommandOptions } from './bulk-options.js';

export function registerImportCommand(registry: Command): void {
  const command = registry
    .command('import')
    .description('push a folder of OCI image layouts into a registry')
    .argument('<dir>', 'as registry export writes it: the path of a layout is its repository')
    .argument('<registry>', 'e.g. localhost:5000');
  addBulkOptions(command)
    .addHelpText(
      'after',
      `
Every digest is checked on the way, and what the registry has is not sent again.

Examples:
  lazurite registry import ./backup localhost:5001
  lazurite image copy docker-archive:app.tar localhost:5001/team/app:v1`,
    )
    .action((directory: string, name: string, options: BulkCommandOptions) =>
      runImageCommand(async (signal) => {
        const target = { registry: name, openRepository: accessOf(options) };
        const result = await importRegistry(directory, target, bulkOptions(options, signal));
        report('imported', result, options);
      }),
    );
}
