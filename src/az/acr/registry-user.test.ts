import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Session, type Keyboard } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { registryUser, type RegistryUser } from './registry-user.js';

const ALONE = 'Please specify both username and password in non-interactive mode.';

/** What a person at a terminal sees when `typed` is typed into the command. */
async function ask(
  options: Record<string, string>,
  typed?: string,
): Promise<{ user: RegistryUser | undefined; seen: string }> {
  let seen = '';
  const show = (text: string): void => void (seen += text);
  const input = Object.assign(new PassThrough(), { isTTY: typed !== undefined });
  if (typed !== undefined) input.write(typed);
  const keyboard: Keyboard = {
    input,
    size: () => ({ columns: 80, rows: 24 }),
    onResize: () => () => undefined,
  };
  const session = new Session({
    open: () => {
      throw new Error('asks nobody');
    },
    io: { stdout: show, stderr: show, colour: false, environment: {}, keyboard },
    commandPath: 'acr login',
  });
  const args = { optional: (name: string) => options[name] } as ArgumentReader;
  return { user: await registryUser(session, args), seen };
}

describe('registryUser', () => {
  it('is nobody without --username', async () => {
    expect(await ask({})).toEqual({ user: undefined, seen: '' });
  });

  it('takes what is given, and asks nothing', async () => {
    const { user, seen } = await ask({ username: 'me', password: 'secret' }, 'other\r');
    expect({ user, seen }).toEqual({ user: { name: 'me', password: 'secret' }, seen: '' });
  });

  it.each(['secret\r', 'secret\n', 'wrong\u0015secret\r', 'secreX\u007ft\r'])(
    'asks for a password at a terminal and does not show it: %j',
    async (typed) => {
      const { user, seen } = await ask({ username: 'me' }, typed);
      expect(user).toEqual({ name: 'me', password: 'secret' });
      expect(seen).toBe('Password: \n');
    },
  );

  it.each(['sec\u0003', '\u0004'])('is cancelled by Ctrl-C and Ctrl-D: %j', async (typed) => {
    await expect(ask({ username: 'me' }, typed)).rejects.toThrow('Operation cancelled.');
  });

  it.each<[string, Record<string, string>, string]>([
    ['a user without a password, in a script', { username: 'me' }, ALONE],
    ['a password without a user', { password: 'secret' }, 'Please also specify username'],
  ])('refuses %s', async (_, options, message) => {
    await expect(ask(options)).rejects.toThrow(message);
  });
});
