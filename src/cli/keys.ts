import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { Failure } from '../base/failure.js';
import { rotateHomeKeys } from '../server/home-database.js';
import { Home, homeDirectory } from '../server/home.js';

/** Adds `keys rotate`. */
export function registerKeysCommands(program: Command): void {
  program
    .command('keys')
    .description('the keys of a home: what its database is encrypted and its tokens signed with')
    .command('rotate')
    .description('make new ones and encrypt the database anew; Lazurite must not run meanwhile')
    .option('--home <dir>', 'home folder (default: $LAZURITE_HOME, else ~/.lazurite)')
    .addHelpText('after', '\nExample:\n  lazurite down && lazurite keys rotate && lazurite up')
    .action(async (options: { home?: string }) => {
      const home = new Home(homeDirectory(options.home));
      requireDatabase(home);
      await rotateHomeKeys(home);
      console.log(`${home.directory} has new keys; tokens handed out before stay valid`);
    });
}

function requireDatabase(home: Home): void {
  if (existsSync(home.path('metadata.db'))) return;
  throw new Failure(`${home.directory} has no database yet`, {
    why: 'its keys are made at the first start',
    help: 'lazurite up',
  });
}
