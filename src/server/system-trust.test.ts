import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issueAuthority } from './certificates.js';
import { findSystemTrust, installTrust, uninstallTrust, type DebianTrust } from './system-trust.js';

let folder = '';
let store: DebianTrust;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trust-'));
  const places = ['etc', 'local', 'certs', 'hooks'].map((name) => join(folder, name));
  for (const place of places) mkdirSync(place);
  const [etc = '', localDirectory = '', certs = '', hooks = ''] = places;
  // A system has other authorities; its program leaves a bundle alone that would become empty.
  writeFileSync(join(certs, 'other.crt'), (await issueAuthority()).certificate);
  writeFileSync(join(folder, 'conf'), 'other.crt\n');
  store = {
    program: '/usr/sbin/update-ca-certificates',
    localDirectory,
    options: [
      ...['--certsconf', join(folder, 'conf'), '--certsdir', certs, '--etccertsdir', etc],
      ...['--localcertsdir', localDirectory, '--hooksdir', hooks],
    ],
  };
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const bundle = (): string => readFileSync(join(folder, 'etc', 'ca-certificates.crt'), 'utf8');

describe('the system trust store', () => {
  it.skipIf(!existsSync('/usr/sbin/update-ca-certificates'))(
    "has the CA after install, and not after uninstall (Debian's own program)",
    async () => {
      const { certificate } = await issueAuthority();
      await installTrust(findSystemTrust(store), 'lazurite-test', certificate);
      expect(bundle()).toContain(certificate.trim());
      expect(await uninstallTrust(store, 'lazurite-test')).toBe(true);
      expect(bundle()).not.toContain(certificate.trim());
      expect(await uninstallTrust(store, 'lazurite-test')).toBe(false);
    },
  );

  it('refuses a system of another kind by its name', () => {
    expect(() => findSystemTrust({ ...store, program: '/nowhere/update' })).toThrow(
      /the trust store of .+ is not one that Lazurite can change/,
    );
  });

  it('says why the store can not be changed', async () => {
    writeFileSync(join(folder, 'file'), '');
    const blocked = { ...store, localDirectory: join(folder, 'file', 'below') };
    await expect(installTrust(blocked, 'lazurite-test', 'PEM')).rejects.toThrow(/can't change/);
  });
});
