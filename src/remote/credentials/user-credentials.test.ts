import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRepositoryName } from '../../oci/reference.js';
import { registryKey } from './auth-file.js';
import { askHelper } from './credential-helper.js';
import { userCredentials } from './user-credentials.js';

let home: string;
let environment: NodeJS.ProcessEnv;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'lazurite-auth-'));
  environment = { HOME: home, PATH: `${home}/bin:/usr/bin:/bin` };
});
afterEach(() => rmSync(home, { recursive: true }));

function write(file: string, content: unknown): void {
  const target = path.join(home, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, typeof content === 'string' ? content : JSON.stringify(content));
}

function writeHelper(name: string, script: string): void {
  write(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(home, `bin/docker-credential-${name}`), 0o755);
}

const auth = (pair: string) => ({ auth: Buffer.from(pair).toString('base64') });
const find = (registry: string, repository = 'team/app') =>
  userCredentials(environment)(registry, parseRepositoryName(repository));

describe('registryKey', () => {
  it.each([
    ['https://index.docker.io/v1/', 'docker.io'],
    ['registry-1.docker.io', 'docker.io'],
    ['docker.io/library', 'docker.io/library'],
    ['https://R.test:5000/v2/', 'r.test:5000'],
    ['http://r.test/', 'r.test'],
    ['quay.io/Team', 'quay.io/Team'],
  ])('of %s is %s', (key, expected) => {
    expect(registryKey(key)).toBe(expected);
  });

  it('does not change a key that is one', () => {
    fc.assert(
      fc.property(
        fc.domain(),
        fc.array(fc.stringMatching(/^[a-z0-9]+$/), { maxLength: 3 }),
        (host, parts) => {
          fc.pre(!parts.some((part) => /^v[12]$/.test(part)));
          const key = registryKey([host, ...parts].join('/'));
          expect(registryKey(key)).toBe(key);
        },
      ),
    );
  });
});

describe('credentials', () => {
  it.each([
    ['docker.io', { username: 'hub', password: 'p:with:colons' }],
    ['r.test:5000', { username: 'plain', password: 'word' }],
    ['acr.test', { username: 'id', password: '', identityToken: 'refresh' }],
    ['quay.io', { username: 'team', password: 't' }],
    ['other.test', undefined],
    ['empty.test', undefined],
  ])('for %s', async (registry, expected) => {
    write('.docker/config.json', {
      auths: {
        'https://index.docker.io/v1/': auth('hub:p:with:colons'),
        'https://r.test:5000': { username: 'plain', password: 'word' },
        'acr.test': { ...auth('id:'), identitytoken: 'refresh' },
        'quay.io/team': auth('team:t'),
        'quay.io/team/other': auth('other:o'),
        'empty.test': {},
      },
    });
    expect(await find(registry)).toEqual(expected);
  });

  it('come from the first file that has some', async () => {
    write('.config/containers/auth.json', {
      auths: { 'r.test': auth('podman:3'), 's.test': auth('podman:3') },
    });
    write('run/containers/auth.json', { auths: { 'r.test': auth('session:2') } });
    write('docker/config.json', { auths: { 'd.test': auth('docker:1') } });
    write('explicit.json', { auths: { 'd.test': auth('explicit:0') } });
    environment = {
      ...environment,
      DOCKER_CONFIG: `${home}/docker`,
      XDG_RUNTIME_DIR: `${home}/run`,
    };
    expect(await find('d.test')).toMatchObject({ username: 'docker' });
    expect(await find('r.test')).toMatchObject({ username: 'session' });
    expect(await find('s.test')).toMatchObject({ username: 'podman' });
    environment['REGISTRY_AUTH_FILE'] = `${home}/explicit.json`;
    expect(await find('d.test')).toMatchObject({ username: 'explicit' });
  });

  it('come from helpers, which are told what they know the registry by', async () => {
    writeHelper('store', 'read server; printf \'{"Username":"%s","Secret":"s"}\' "$server"');
    writeHelper('one', 'echo \'{"Username":"<token>","Secret":"refresh"}\'');
    writeHelper('none', 'echo "credentials not found in native keychain"; exit 1');
    write('.docker/config.json', {
      auths: { 'file.test': auth('file:f') },
      credsStore: 'store',
      credHelpers: { 'one.test': 'one', 'file.test': 'none' },
    });
    expect(await find('docker.io')).toMatchObject({ username: 'https://index.docker.io/v1/' });
    expect(await find('r.test:5000')).toMatchObject({ username: 'r.test:5000', password: 's' });
    expect(await find('one.test')).toMatchObject({ identityToken: 'refresh' });
    expect(await find('file.test')).toMatchObject({ username: 'file' });
  });

  it.each([
    ['no JSON', '{"auths":{"r.test":{"auth":"c2VjcmV0'],
    ['a list', '[]'],
    ['an entry that is no pair', { auths: { 'r.test': auth('secret') } }],
  ])('in a file with %s are refused without a word of it', async (_name, content) => {
    write('.docker/config.json', content);
    const error: unknown = await find('r.test').catch((reason: unknown) => reason);
    expect(String(error)).toContain('config.json cannot be read');
    expect(String(error)).not.toMatch(/c2VjcmV0|secret/);
  });

  it.each([
    ['is missing', undefined, /no such program/],
    ['fails', 'echo secret; exit 3', /ended with 3 for r\.test/],
    ['talks nonsense', 'echo secret', /not JSON/],
    ['has no fields', 'echo "{}"', /no Username/],
    ['never ends', 'exec sleep 60', /did not answer within 0\.2 s/],
    ['never stops talking', 'exec yes secret', /too long|within/],
  ])('of a helper that %s are refused', async (_name, script, message) => {
    if (script !== undefined) writeHelper('h', script);
    const asked = askHelper({ name: 'h', server: 'r.test', environment, timeLimitMs: 200 });
    const error: unknown = await asked.catch((reason: unknown) => reason);
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain('secret');
  });

  it('are asked of no program that the name leads elsewhere to', async () => {
    const asked = askHelper({ name: '../../bin/sh', server: 'r.test', environment });
    await expect(asked).rejects.toThrow(/credential helper/);
  });
});
