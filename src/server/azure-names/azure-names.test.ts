import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../base/logger.js';
import { Home } from '../home.js';
import { AzureNames } from './azure-names.js';
import { ownerOf, removeFootprint } from './footprint.js';
import { withHostsBlock } from './hosts-block.js';
import { requireWritableHostsFile } from './hosts-file.js';

const OWNER = 'abcdef12';
const FOREIGN = '127.0.0.1 localhost\r\n# a comment\n10.0.0.1\tdb\n';

describe('the block in the hosts file', () => {
  it.each([
    ['an empty file', ''],
    ['foreign lines', FOREIGN],
    ['a last line without an end', '127.0.0.1 localhost'],
    ['a block of a run that crashed', withHostsBlock(FOREIGN, { owner: '99', names: ['old.io'] })],
    ['half a block', `${FOREIGN}127.0.0.1\told.io\t# lazurite ${OWNER}\n`],
  ])('replaces what it should in %s', (_, text) => {
    const written = withHostsBlock(text, { owner: OWNER, names: ['b.io', 'a.io'] });
    expect(written.match(/^127\.0\.0\.1\t\S+/gm)).toEqual(['127.0.0.1\ta.io', '127.0.0.1\tb.io']);
    expect(withHostsBlock(written, { owner: OWNER, names: ['b.io', 'a.io'] })).toBe(written);
  });

  it("leaves another home's block alone when it removes its own", () => {
    const other = withHostsBlock(FOREIGN, { owner: '99', names: ['other.io'] });
    expect(withHostsBlock(other, { owner: OWNER, names: [] })).toBe(other);
  });

  it('comes and goes without a trace in any text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string()),
        fc.array(fc.domain(), { minLength: 1 }),
        (lines, names) => {
          const text = lines.map((line) => `${line.replaceAll('\n', '')}\n`).join('');
          const written = withHostsBlock(text, { owner: OWNER, names });
          expect(withHostsBlock(written, { owner: OWNER, names: [] })).toBe(text);
        },
      ),
    );
  });
});

describe('names on this machine', () => {
  let folder = '';
  let hosts = '';
  let certificates = '';
  let home: Home;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'names-'));
    hosts = join(folder, 'hosts');
    certificates = join(folder, 'certs.d');
    writeFileSync(hosts, FOREIGN);
    chmodSync(hosts, 0o640);
    home = new Home(join(folder, 'home'));
    mkdirSync(home.path('run'), { recursive: true });
    vi.stubEnv('LAZURITE_HOSTS_FILE', hosts);
    vi.stubEnv('LAZURITE_DOCKER_CERTS_DIR', certificates);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  const named = (): string[] =>
    [...readFileSync(hosts, 'utf8').matchAll(/^127\.0\.0\.1\t(\S+)\t/gm)].map((match) => match[1]!);
  const ports = { allocate: async () => 'localhost:1', release: async () => undefined };

  it('keep step with registries and apps, and go without a trace', async () => {
    let appHosts: string[] = [];
    let changed = (): void => undefined;
    const names = new AzureNames(home, 'PEM', silentLogger);
    names.follow({
      ingress: { publicHosts: () => appHosts },
      onChange: (listener) => (changed = listener),
    });
    const servers = names.loginServers(ports);
    expect(await servers.allocate('AcrLab')).toBe('acrlab.azurecr.io');
    appHosts = ['app.x.azurecontainerapps.io'];
    changed();
    expect(named()).toEqual([
      'acrlab.azurecr.io',
      'app.x.azurecontainerapps.io',
      'mcr.microsoft.com',
    ]);
    expect(readFileSync(join(certificates, 'acrlab.azurecr.io', 'ca.crt'), 'utf8')).toBe('PEM');
    expect(statSync(hosts).mode & 0o777).toBe(0o640);

    await servers.release('AcrLab');
    expect(named()).not.toContain('acrlab.azurecr.io');
    expect(() => statSync(join(certificates, 'acrlab.azurecr.io'))).toThrow('ENOENT');

    removeFootprint(home);
    expect(readFileSync(hosts, 'utf8')).toBe(FOREIGN);
    expect(() => statSync(join(certificates, 'mcr.microsoft.com'))).toThrow('ENOENT');
  });

  it('are taken back after a crash, but not what someone else put there', async () => {
    await new AzureNames(home, 'PEM', silentLogger).loginServers(ports).allocate('acrlab');
    const theirs = join(certificates, 'mcr.microsoft.com', 'ca.crt');
    writeFileSync(theirs, 'THEIRS');
    expect(readFileSync(hosts, 'utf8')).toContain(ownerOf(home));
    removeFootprint(home); // what the next start does
    expect(readFileSync(hosts, 'utf8')).toBe(FOREIGN);
    expect(readFileSync(theirs, 'utf8')).toBe('THEIRS');
    removeFootprint(home);
  });

  it('need a hosts file', () => {
    expect(() => {
      requireWritableHostsFile(join(folder, 'none'));
    }).toThrow(/can't write the hosts file/);
  });
});
