import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../base/failure.js';
import { findProgram, foldersOf, writeShim } from '../base/programs.js';
import type { Instance } from './instance.js';
import { makeRunFolder } from './run-folders.js';

export type AzChoice = 'own' | 'stock';

/** The environment of a lab's commands, and the folder that holds their `lazurite`, and their `az`. */
export interface ScriptEnvironment {
  variables: Record<string, string>;
  /** Removes the folder. */
  close(): void;
}

/** Settings of whoever runs the lab that would lead its commands elsewhere. */
const LEADS_ELSEWHERE =
  /^(AZURE_|ARM_|LAZURITE_|HTTPS?_PROXY$|https?_proxy$|ALL_PROXY$|all_proxy$)/;
const ENTRY = fileURLToPath(new URL('../../bin/lazurite.cjs', import.meta.url));

/** Puts the chosen `az` first on PATH and points it at the instance. */
export function createScriptEnvironment(
  instance: Instance,
  { az, azure }: { az: AzChoice; azure?: object | undefined },
): ScriptEnvironment {
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || LEADS_ELSEWHERE.test(name) ? [] : [[name, value] as const],
  );
  const variables: Record<string, string> = {
    ...Object.fromEntries(inherited),
    ...instance.clientEnvironment(),
    ...(!azure && { LAZURITE_HOME: instance.home }),
  };
  const { path: folder, remove } = makeRunFolder('programs');
  variables['PATH'] = `${folder}${delimiter}${variables['PATH'] ?? ''}`;
  writeShim(join(folder, 'lazurite'), [process.execPath, ENTRY]);
  if (az === 'own') {
    writeShim(join(folder, 'az'), [process.execPath, ENTRY, 'az']);
    // The certificates of the stock client's kind are of no use to node, and cost it its start-up.
    delete variables['NODE_EXTRA_CA_CERTS'];
  }
  return { variables, close: remove };
}

/**
 * @param asked the option that asks for it
 * @throws Failure when the stock `az` is asked for and there is none
 */
export function requireAz(az: AzChoice, asked: '--az stock' | '--target azure'): void {
  if (az === 'own' || findProgram('az', foldersOf(process.env['PATH'] ?? '')) !== undefined) return;
  throw new Failure(`there is no az for ${asked}`, {
    why: 'no folder of PATH holds an executable az',
    help:
      asked === '--az stock'
        ? 'install the Azure CLI, or leave out --az stock: Lazurite has an az of its own'
        : 'install the Azure CLI and sign in with az login, or leave out --target azure',
    exitCode: 2,
  });
}
