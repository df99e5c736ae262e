import type { Command } from 'commander';

const COMMANDS = {
  serve: async () => (await import('./registry/serve.js')).registerServeCommand,
  list: async () => (await import('./registry/list.js')).registerListCommand,
  export: async () => (await import('./registry/export.js')).registerExportCommand,
  import: async () => (await import('./registry/import.js')).registerImportCommand,
} as const;

/** `lazurite registry serve|list|export|import`; a server does not load the others. */
export async function registerRegistryCommands(
  program: Command,
  subcommand?: string,
): Promise<void> {
  const registry = program
    .command('registry')
    .description('an OCI registry on its own; what any registry holds, in and out');
  const loads = subcommand === 'serve' ? [COMMANDS.serve] : Object.values(COMMANDS);
  for (const load of loads) (await load())(registry);
}
