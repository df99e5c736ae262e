import type { Command } from 'commander';
import { registerExportCommand } from './registry/export.js';
import { registerImportCommand } from './registry/import.js';
import { registerServeCommand } from './registry/serve.js';

/** `lazurite registry serve|export|import` */
export function registerRegistryCommands(program: Command): void {
  const registry = program
    .command('registry')
    .description('an OCI registry on its own, and whole registries in and out');
  registerServeCommand(registry);
  registerExportCommand(registry);
  registerImportCommand(registry);
}
