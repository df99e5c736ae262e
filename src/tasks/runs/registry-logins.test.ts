import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.js';
import { parseLogins, signIn, type IdentityLogin } from './registry-logins.js';

const SERVER = 'other.azurecr.io';
const registries = (login: JsonObject | null | string): JsonObject => ({
  customRegistries: { [SERVER]: login },
});
const opaque = (value: string): JsonObject => ({ type: 'Opaque', value });

describe('parseLogins', () => {
  it.each([
    ['nothing', undefined, []],
    ['only the mode of the source registry', { sourceRegistry: { loginMode: 'Default' } }, []],
    ['one that was taken away', registries(null), []],
    [
      'a password',
      registries({ userName: opaque('me'), password: opaque('secret') }),
      [{ server: SERVER, credentials: { username: 'me', password: 'secret' } }],
    ],
    [
      'an identity',
      registries({ identity: '[system]' }),
      [{ server: SERVER, identity: '[system]' }],
    ],
  ])('reads %s', (_what, credentials, logins) => {
    expect(parseLogins(credentials)).toEqual(logins);
  });

  it.each([
    ['no object', registries('me'), 400, 'are no object'],
    ['a user name alone', registries({ userName: opaque('me') }), 400, 'need a user name and'],
    ['neither', registries({}), 400, 'or an identity'],
    [
      'a secret of a key vault',
      registries({
        userName: opaque('me'),
        password: { type: 'Vaultsecret', value: 'https://kv.vault.azure.net/secrets/p' },
      }),
      501,
      'key vault',
    ],
  ])('refuses %s', (_what, credentials, status, words) => {
    expect(() => parseLogins(credentials)).toThrow(
      expect.objectContaining({ status, message: expect.stringContaining(words) as string }),
    );
  });
});

describe('signIn', () => {
  const assigned = {
    type: 'SystemAssigned, UserAssigned',
    userAssignedIdentities: { '/id/puller': { clientId: 'c1', principalId: 'p1' } },
  };
  const login: IdentityLogin = ({ identity }) =>
    Promise.resolve(identity === 'none' ? undefined : { username: 'token', password: identity });

  it.each([
    ['[system]', 'system'],
    ['c1', '/id/puller'],
    ['/id/puller', '/id/puller'],
  ])('%s is %s', async (identity, resolved) => {
    const found = await signIn([{ server: 'Other.example', identity }], assigned, login);
    expect([...found]).toEqual([['other.example', { username: 'token', password: resolved }]]);
  });

  it('fails, with what to do, for an identity that gets no token', async () => {
    const logins = [{ server: SERVER, identity: 'none' }];
    const words = /the identity 'none' .* registry 'other\.azurecr\.io'\. Assign/;
    await expect(signIn(logins, assigned, login)).rejects.toThrow(words);
    await expect(signIn(logins, assigned, undefined)).rejects.toThrow(words);
  });
});
