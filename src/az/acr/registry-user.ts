import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { AzError } from '../az-error.js';
import type { AzIo, Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';

/** Whom `--username` and `--password` name, e.g. the admin user or a token of the registry. */
export interface RegistryUser {
  name: string;
  password: string;
}

/**
 * Reads `--username` and `--password`. A password that is missing is asked for at the terminal.
 *
 * @returns undefined when nobody is named: then the account itself asks
 * @throws AzError when there is a password alone, or nobody to ask for one
 */
export async function registryUser(
  session: Session,
  args: ArgumentReader,
): Promise<RegistryUser | undefined> {
  const name = args.optional('username');
  const given = args.optional('password');
  if (name === undefined) {
    if (given === undefined) return undefined;
    throw new AzError('Please also specify username if password is specified.');
  }
  const password = given ?? (await askPassword(session.io));
  if (password !== undefined) return { name, password };
  throw new AzError('Please specify both username and password in non-interactive mode.');
}

/** What is typed, which nobody sees. @returns undefined when no person is at the other end */
async function askPassword({ keyboard, stderr }: AzIo): Promise<string | undefined> {
  const input = keyboard?.input;
  if (input?.isTTY !== true) return undefined;
  const unseen = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const terminal = createInterface({ input, output: unseen, terminal: true });
  stderr('Password: ');
  try {
    return await terminal.question('');
  } catch {
    throw new AzError('Operation cancelled.'); // Ctrl-C or Ctrl-D
  } finally {
    terminal.close();
    stderr('\n');
  }
}
