import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessOf,
  describeAccess,
  requireSafe,
  tlsOf,
  type ServeAccessOptions,
} from './serve-access.js';

const HASH = '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='; // of "password"
let directory: string;
let users: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'serve-'));
  users = join(directory, 'users');
  writeFileSync(users, `ann:${HASH}\nbob:${HASH}\n`);
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const withHost = (options: Partial<ServeAccessOptions>): ServeAccessOptions => ({
  host: '127.0.0.1',
  ...options,
});
const limit = { pulls: 100, seconds: 60 };

describe('who may do what', () => {
  it.each([
    [{}, 'it is not said who may use the registry'],
    [{ user: 'me' }, '--user and --password-stdin go together'],
    [{ passwordStdin: true }, '--user and --password-stdin go together'],
    [{ user: 'a:b', passwordStdin: true }, '"a:b" is no user name'],
    [{ anonymous: true, htpasswd: 'users' }, '--anonymous and --htpasswd contradict each other'],
    [{ anonymous: true, user: 'me', passwordStdin: true }, 'contradict each other'],
    [{ htpasswd: 'users', user: 'me', passwordStdin: true }, 'contradict each other'],
    [{ htpasswd: 'users', anonymousPullLimit: limit }, 'limits nobody'],
    [{ htpasswd: '/nowhere/users' }, 'cannot read /nowhere/users'],
  ])('refuses %j', async (options, message) => {
    await expect(accessOf(withHost(options))).rejects.toThrow(message);
  });

  it.each([
    [{ anonymous: true }, '127.0.0.1', 'anyone on this machine may pull and push'],
    [{ anonymous: true }, '0.0.0.0', 'anyone who reaches the port may pull and push'],
    [{ htpasswd: '' }, '127.0.0.1', 'ann, bob may pull and push'],
    [
      { htpasswd: '', anonymousPull: true },
      '0.0.0.0',
      'anyone who reaches the port may pull, ann, bob may push',
    ],
  ])('reads %j on %s: %s', async (options, host, sentence) => {
    const named = 'htpasswd' in options ? { ...options, htpasswd: users } : options;
    expect(describeAccess(await accessOf({ ...named, host }), host)).toBe(sentence);
  });

  it('lets no password cross a network in clear text', async () => {
    const options = { htpasswd: users, host: '0.0.0.0' };
    const access = await accessOf(options);
    expect(() => {
      requireSafe(options, access);
    }).toThrow('clear text');
    requireSafe({ ...options, tlsCert: 'cert.pem' }, access);
    requireSafe({ ...options, host: '127.0.0.1' }, access);
  });
});

describe('TLS', () => {
  it.each([
    [{ tlsCert: 'cert.pem' }, 'go together'],
    [{ tlsKey: 'key.pem' }, 'go together'],
    [{ tlsCert: '/nowhere/cert.pem', tlsKey: 'key.pem' }, 'cannot read /nowhere/cert.pem'],
  ])('refuses %j', async (options, message) => {
    await expect(tlsOf(withHost(options))).rejects.toThrow(message);
  });
});
