import type { Command } from 'commander';

const COMMANDS = {
  serve: async () => (await import('./registry/serve.js')).registerServeCommand,
  export: async () => (await import('./registry/export.js')).registerExportCommand,
  import: async () => (await import('./registry/import.js')).registerImportCommand,
} as const;

/** `lazurite registry serve|export|import`; a server does not load the other two. */
export async function registerRegistryCommands(
  program: Command,
  subcommand?: string,
): Promise<void> {
  const registry = program
    .command('registry')
    .description('an OCI registry on its own, and whole registries in and out');
  const loads = subcommand === 'serve' ? [COMMANDS.serve] : Object.values(COMMANDS);
  for (const load of loads) (await load())(registry);
}
