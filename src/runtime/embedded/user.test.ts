import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContainerStartError } from '../runtime.js';
import { parseGroup, parsePasswd, resolveUser } from './user.js';

const PASSWD = [
  'root:x:0:0:root:/root:/bin/sh',
  'app:x:1000:100::/home/app:/bin/sh',
  'bad line',
  'nouid:x:abc:0::/:',
  'big:x:99999999999:0::/:',
  '7:x:1007:1007::/seven:',
].join('\n');
const GROUP = 'root:x:0:\nusers:x:100:\nextra:x:101:app,other\nself:x:100:app\nbroken\n';

describe('resolveUser', () => {
  it.each([
    ['', { uid: 0, gid: 0, groups: [], home: '/root' }],
    ['root', { uid: 0, gid: 0, groups: [], home: '/root' }],
    ['app', { uid: 1000, gid: 100, groups: [101], home: '/home/app' }],
    ['1000', { uid: 1000, gid: 100, groups: [101], home: '/home/app' }],
    ['1000:0', { uid: 1000, gid: 0, groups: [], home: '/home/app' }],
    ['app:extra', { uid: 1000, gid: 101, groups: [], home: '/home/app' }],
    ['4242', { uid: 4242, gid: 0, groups: [], home: '/' }],
    ['4242:4343', { uid: 4242, gid: 4343, groups: [], home: '/' }],
    ['7', { uid: 1007, gid: 1007, groups: [], home: '/seven' }],
    [':101', { uid: 0, gid: 101, groups: [], home: '/root' }],
  ])('%j', (user, expected) => {
    expect(resolveUser(user, PASSWD, GROUP)).toMatchObject(expected);
  });

  it.each(['stranger', 'nouid', 'app:strangers', 'a:b:c', '-1', '4294967295', '1e3', 'root '])(
    'refuses %j',
    (user) => {
      expect(() => resolveUser(user, PASSWD, GROUP)).toThrow(ContainerStartError);
    },
  );

  it('needs no account files for numbers', () => {
    expect(resolveUser('5:6')).toMatchObject({ uid: 5, gid: 6, home: '/' });
  });

  it('gives ids or EUSER, whatever the files hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (user, passwd, group) => {
        try {
          const { uid, gid } = resolveUser(user, passwd, group);
          return Number.isInteger(uid) && Number.isInteger(gid);
        } catch (error) {
          return error instanceof ContainerStartError && error.reason === 'EUSER';
        }
      }),
    );
  });
});

describe('account files', () => {
  it('skip lines that are no account', () => {
    expect(parsePasswd(PASSWD).map(({ name }) => name)).toEqual(['root', 'app', '7']);
    expect(parseGroup(GROUP).map(({ name }) => name)).toEqual(['root', 'users', 'extra', 'self']);
  });
});
