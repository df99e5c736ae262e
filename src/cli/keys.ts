import { existsSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Failure } from '../base/failure.js';
import { openHomePrincipal, PRINCIPAL_CERTIFICATE } from '../identity/home-principal.js';
import { issueClientCertificate } from '../server/certificates.js';
import { rotateHomeKeys } from '../server/home-database.js';
import { Home, homeDirectory } from '../server/home.js';

interface KeysOptions {
  home?: string;
}

/** Adds `keys rotate` and `keys certificate`. */
export function registerKeysCommands(program: Command): void {
  const keys = program
    .command('keys')
    .description('the keys of a home: what its database is encrypted and its tokens signed with');
  keys
    .command('rotate')
    .description('make new ones and encrypt the database anew; Lazurite must not run meanwhile')
    .option('--home <dir>', 'home folder (default: $LAZURITE_HOME, else ~/.lazurite)')
    .addHelpText('after', '\nExample:\n  lazurite down && lazurite keys rotate && lazurite up')
    .action(async (options: KeysOptions) => {
      const home = openHome(options);
      await rotateHomeKeys(home);
      console.log(`${home.directory} has new keys; tokens handed out before stay valid`);
    });
  keys
    .command('certificate')
    .description('make a certificate to sign in with; the one before is no longer valid then')
    .option('--home <dir>', 'home folder (default: $LAZURITE_HOME, else ~/.lazurite)')
    .addHelpText(
      'after',
      '\nExample:\n  az login --service-principal -u APP --tenant TENANT --certificate "$(lazurite keys certificate)"',
    )
    .action(async (options: KeysOptions) => {
      const identity = openHome(options).path('identity');
      const { clientId } = openHomePrincipal(identity);
      const { key, certificate } = await issueClientCertificate(clientId);
      const file = `${identity}/${PRINCIPAL_CERTIFICATE}`;
      writeFileSync(file, `${key}${certificate}\n`, { mode: 0o600 });
      console.log(file);
    });
}

function openHome(options: KeysOptions): Home {
  const home = new Home(homeDirectory(options.home));
  if (existsSync(home.path('metadata.db'))) return home;
  throw new Failure(`${home.directory} has no database yet`, {
    why: 'its keys are made at the first start',
    help: 'lazurite up',
  });
}
