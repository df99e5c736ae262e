import type { Command } from 'commander';
import { exportRegistry } from '../../image/bulk/export-registry.js';
import { accessOf, inventoryOf, runImageCommand } from '../image/access-options.js';
import { addBulkOptions, bulkOptions, report, type BulkCommandOptions } from './bulk-options.js';

export function registerExportCommand(registry: Command): void {
  const command = registry
    .command('export')
    .description('write all repositories of a registry as OCI image layouts')
    .argument('<registry>', 'e.g. localhost:5000')
    .argument('<dir>', 'folder for them; each repository gets one of its own below it');
  addBulkOptions(command)
    .addHelpText(
      'after',
      `
Everything comes along byte for byte: every tag, all platforms, signatures and documents, and from Lazurite
and Azure Container Registry also what has no tag. Run it again to go on where it was cut off, or to add
what is new: what is there is not fetched again. Credentials are those of docker or podman.

Examples:
  lazurite registry export localhost:5000 ./backup
  lazurite registry export localhost:5000 ./backup --repository team/app
  lazurite image inspect oci:./backup/team/app:v1`,
    )
    .action((name: string, directory: string, options: BulkCommandOptions) =>
      runImageCommand(async (signal) => {
        const source = {
          registry: name,
          inventory: await inventoryOf(name, options),
          openRepository: accessOf(options),
        };
        const result = await exportRegistry(source, directory, bulkOptions(options, signal));
        report('exported', result, options);
      }),
    );
}
