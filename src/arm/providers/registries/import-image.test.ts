import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedWork } from '../../../base/shared-work.js';
import { createFixture, type RegistryFixture } from '../../../registry/testing/registry-fixture.js';
import { createRegistryClient } from '../../../remote/client.js';
import type { RegistryClient, RepositoryClient } from '../../../remote/registry-client.js';
import type { JsonObject } from '../../provider.js';
import { startImport } from './import-image.js';

const client = createRegistryClient({ resolveEndpoint: (host) => ({ baseUrl: `http://${host}` }) });
const shared = sharedWork<undefined>();
let source: RegistryFixture;
let target: RegistryFixture;
beforeAll(async () => {
  [source, target] = await Promise.all([createFixture(), createFixture()]);
});
afterAll(async () => {
  await Promise.all([source.close(), target.close()]);
});

interface Call {
  /** Whether the source is a registry of one's own. */
  own?: boolean;
  through?: RegistryClient;
}

async function run(body: JsonObject, { own = true, through = client }: Call = {}): Promise<void> {
  const options = { client: through, tokenAuthority: target.authority, shared };
  const { copying } = await startImport(options, target.address, body, {
    byId: (id) => Promise.resolve(id === '/known' ? source.address : undefined),
    byHost: (host) => Promise.resolve(own && host === source.address ? host : undefined),
  });
  await copying;
}

const from = (sourceImage: string, more: JsonObject = {}): JsonObject => ({
  source: { registryUri: source.address, sourceImage, ...more },
});

async function tags(repository: string): Promise<unknown> {
  return (await target.send(`/v2/${repository}/tags/list`)).json();
}

describe('importImage', () => {
  it('copies an image byte for byte under the names asked for', async () => {
    const digest = await source.pushImage('team/app', 'v1');
    await run({ ...from('team/app:v1'), targetTags: ['app:v1', 'app:latest'] });
    expect(await tags('app')).toMatchObject({ tags: ['latest', 'v1'] });
    const copy = await target.send('/v2/app/manifests/v1', {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    expect(copy.headers['docker-content-digest']).toBe(digest);
  });

  it('makes imports of the same image at the same time one transfer', async () => {
    await source.pushImage('busy', 'v1', 'busy');
    let sent = 0;
    const counting: RegistryClient = {
      repository: (...name) => {
        const repository = client.repository(...name);
        const putBlob: RepositoryClient['putBlob'] = (...blob) => {
          sent++;
          return repository.putBlob(...blob);
        };
        return { ...repository, putBlob };
      },
    };
    await Promise.all(Array.from({ length: 5 }, () => run(from('busy:v1'), { through: counting })));
    expect(sent).toBe(2); // a config and a layer
  });

  it('copies an index with every platform', async () => {
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const children = await Promise.all(
      ['amd64', 'arm64'].map(async (architecture) => {
        const digest = await source.pushImage('multi', architecture, architecture);
        const child = await source.send(`/v2/multi/manifests/${digest}`, {
          headers: { accept: mediaType },
        });
        return {
          mediaType,
          digest,
          size: child.body.length,
          platform: { architecture, os: 'linux' },
        };
      }),
    );
    await source.putManifest('multi', 'all', {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: children,
    });
    await run(from('multi:all'));
    for (const { digest } of children) {
      const answer = await target.send(`/v2/multi/manifests/${digest}`, {
        headers: { accept: mediaType },
      });
      expect(answer.status).toBe(200);
    }
    expect(await tags('multi')).toMatchObject({ tags: ['all'] });
  });

  it('takes a tag that is there only by force', async () => {
    await source.pushImage('forced', 'v1', 'one');
    await run(from('forced:v1'));
    const second = await source.pushImage('forced', 'v1', 'two');
    await expect(run(from('forced:v1'))).rejects.toMatchObject({ code: 'Conflict', status: 409 });
    await run({ ...from('forced:v1'), mode: 'Force' });
    const copy = await target.send(`/v2/forced/manifests/${second}`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    expect(copy.status).toBe(200);
  });

  it('needs no tag, and finds a source by its resource id', async () => {
    const digest = await source.pushImage('bare', 'v1');
    await run({
      source: { resourceId: '/known', sourceImage: `bare@${digest}` },
      untaggedTargetRepositories: ['bare-copy'],
    });
    expect(await tags('bare-copy')).toMatchObject({ tags: [] });
  });

  it('shows the credentials of the request to the source', async () => {
    await source.pushImage('private', 'v1');
    const good = { credentials: { username: 'reg', password: 'secret-1' } };
    await run(from('private:v1', good), { own: false });
    expect(await tags('private')).toMatchObject({ tags: ['v1'] });
    const bad = { credentials: { username: 'reg', password: 'wrong' } };
    for (const credentials of [bad, {}]) {
      const body = { ...from('private:v1', credentials), targetTags: ['refused:v1'] };
      await expect(run(body, { own: false })).rejects.toMatchObject({ code: 'InvalidParameters' });
    }
    expect((await target.send('/v2/refused/tags/list')).status).toBe(404);
  });

  it('says what the source says of an image that is not there', async () => {
    await source.pushImage('known', 'v1');
    await expect(run(from('known:v2'))).rejects.toMatchObject({
      code: 'InvalidParameters',
      message: expect.stringContaining('v2') as string,
    });
  });

  const malformed: [string, JsonObject][] = [
    ['no source', {}],
    ['no registry', { source: { sourceImage: 'app:v1' } }],
    ['an unknown registry', { source: { resourceId: '/unknown', sourceImage: 'app:v1' } }],
    ['an image that is none', { source: { registryUri: 'host', sourceImage: 'APP!:v1' } }],
    [
      'a target that is none',
      { source: { registryUri: 'host', sourceImage: 'app:v1' }, targetTags: ['APP!'] },
    ],
  ];
  it.each(malformed)('refuses %s', async (_, body) => {
    await expect(run(body)).rejects.toMatchObject({ code: 'InvalidParameter', status: 400 });
  });
});
