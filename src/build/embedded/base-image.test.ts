import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseReference } from '../../oci/reference.js';
import { createRegistryClient } from '../../remote/client.js';
import { MemoryRegistry } from '../../remote/testing/memory-registry.js';
import { BuildFixture } from './testing/build-fixture.js';

let registry: MemoryRegistry;
let fixture: BuildFixture;
beforeEach(async () => {
  registry = await MemoryRegistry.start();
  const client = createRegistryClient({ resolveEndpoint: () => ({ baseUrl: registry.baseUrl }) });
  fixture = await BuildFixture.create({ client });
  fixture.pushTo = parseReference('r.test/base:1');
  await fixture.build(
    [
      'FROM scratch',
      'COPY etc /etc',
      'COPY --chown=5:6 --chmod=640 data /srv/data',
      'ENV BASE=yes',
      'CMD ["/from-base"]',
      'ONBUILD COPY app /srv/',
      'ONBUILD LABEL triggered=yes',
    ].join('\n'),
    { 'etc/passwd': 'web:x:33:44::/:\n', data: 'D', app: 'A' },
  );
  fixture.pushTo = undefined;
});
afterEach(async () => {
  await fixture.remove();
  await registry.close();
});

describe('FROM an image of a registry', () => {
  it('takes over its layers and settings, and runs its triggers', async () => {
    const { layers, config, log } = await fixture.build(
      'FROM r.test/base:1\nCOPY --chown=web app /x\nENTRYPOINT ["/new"]\n',
      { app: 'B' },
    );
    expect(layers).toHaveLength(4);
    expect(layers.slice(2)).toEqual([['755 5:6 srv/', '644 0:0 srv/app = B'], ['644 33:44 x = B']]);
    expect(config.config).toEqual({
      Env: ['BASE=yes'],
      Entrypoint: ['/new'],
      Labels: { triggered: 'yes' },
    });
    expect(config.rootfs.diff_ids).toHaveLength(4);
    expect(config.history?.filter((entry) => !entry.empty_layer)).toHaveLength(4);
    expect(log).toContain('# Executing 2 build triggers');
    expect(fixture.lastBases).toMatchObject([{ registry: 'r.test', repository: 'base', tag: '1' }]);
  });

  it('copies out of one, owners and modes included', async () => {
    const { layers } = await fixture.build('FROM scratch\nCOPY --from=r.test/base:1 /srv /srv\n');
    expect(layers).toEqual([['755 5:6 srv/', '640 5:6 srv/data = D']]);
  });

  it('pulls each layer once', async () => {
    const blobs = () => registry.requests.filter((line) => line.startsWith('GET /v2/base/blobs'));
    await fixture.build('FROM r.test/base:1\nLABEL a=1\n', { app: '' });
    const before = blobs().length;
    await fixture.build('FROM r.test/base:1\nLABEL a=2\n', { app: '' });
    expect(blobs().length - before).toBe(1); // the config alone
  });

  it.each([
    ['FROM r.test/base:none', /MANIFEST_UNKNOWN/],
    ['FROM --platform=linux/arm64 r.test/base:1', /must be linux\/arm64 but found linux\/amd64/],
    ['FROM scratch\nCOPY --from=r.test/base:none / /', /MANIFEST_UNKNOWN/],
  ])('%j says what is wrong', async (dockerfile, message) => {
    expect((await fixture.failure(dockerfile)).message).toMatch(message);
  });

  it('refuses a layer that is not what it claims', async () => {
    for (const [digest, bytes] of registry.blobs) {
      if (bytes[0] === 0x1f) registry.blobs.set(digest, Buffer.alloc(bytes.length));
    }
    const fresh = await BuildFixture.create({
      client: createRegistryClient({ resolveEndpoint: () => ({ baseUrl: registry.baseUrl }) }),
    });
    try {
      const error = await fresh.failure('FROM r.test/base:1\n');
      expect(error.message).toMatch(/has other content/);
    } finally {
      await fresh.remove();
    }
  });
});
