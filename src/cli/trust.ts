import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Failure, messageOf } from '../base/failure.js';
import { ownerOf } from '../server/azure-names/footprint.js';
import { Home, homeDirectory } from '../server/home.js';
import { findSystemTrust, installTrust, uninstallTrust } from '../server/system-trust.js';

interface TrustOptions {
  home?: string;
}

/** Adds `trust install|uninstall`. */
export function registerTrustCommands(program: Command): void {
  const trust = program
    .command('trust')
    .description("the home's certificate authority in the system's trust store");
  const add = (name: string, what: string, action: (home: Home) => Promise<string>): void => {
    trust
      .command(name)
      .description(what)
      .option('--home <dir>', 'home folder (default: $LAZURITE_HOME, else ~/.lazurite)')
      .addHelpText('after', `\nExample:\n  sudo lazurite trust ${name} --home ~/.lazurite`)
      .action(async (options: TrustOptions) => {
        console.log(await action(new Home(homeDirectory(options.home))));
      });
  };
  add('install', 'make every program that goes by the system’s store trust it (as root)', install);
  add('uninstall', 'take it back (as root)', uninstall);
}

async function install(home: Home): Promise<string> {
  const store = findSystemTrust();
  await installTrust(store, nameOf(home), readAuthority(home));
  return `the system trusts ${home.path('ca', 'ca.pem')} now; lazurite trust uninstall takes it back`;
}

async function uninstall(home: Home): Promise<string> {
  const removed = await uninstallTrust(findSystemTrust(), nameOf(home));
  return removed ? 'the system trusts it no more' : 'the system did not trust it';
}

function nameOf(home: Home): string {
  return `lazurite-${ownerOf(home)}`;
}

function readAuthority(home: Home): string {
  const file = home.path('ca', 'ca.pem');
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`${home.directory} has no certificate authority yet`, {
      why: messageOf(error),
      help: 'lazurite up makes one',
      cause: error,
    });
  }
}
