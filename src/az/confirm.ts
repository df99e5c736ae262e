import { createInterface } from 'node:readline/promises';
import { AzError } from './az-error.js';

/**
 * Asks before something is destroyed, unless `--yes` was given.
 *
 * @throws AzError when the answer is no, or when nobody can be asked.
 */
export async function confirm(message: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) {
    throw new AzError('Unable to prompt for confirmation as no tty available. Use --yes.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await terminal.question(`${message} (y/n): `)).trim().toLowerCase();
    if (answer !== 'y' && answer !== 'yes') throw new AzError('Operation cancelled.');
  } finally {
    terminal.close();
  }
}
