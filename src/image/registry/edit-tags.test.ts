import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Descriptor } from '../../oci/descriptor.js';
import { parseReference, type Reference, type Tag } from '../../oci/reference.js';
import { hashPassword } from '../../registry/htpasswd.js';
import {
  createStandaloneRegistry,
  type StandaloneRegistry,
} from '../../registry/standalone-registry.js';
import { createRegistryClient } from '../../remote/client.js';
import { copyImage } from '../copy/copy-image.js';
import { openLayout } from '../layout/layout-reader.js';
import { SampleLayout } from '../testing/sample-layout.js';
import { deleteImage, tagImage } from './edit-tags.js';
import { registryWriter } from './registry-writer.js';

const CREDENTIALS = { username: 'me', password: 'secret' };
const client = createRegistryClient({
  resolveEndpoint: (host) => ({ baseUrl: `http://${host}` }),
});
const open = ({ registry, repository }: Reference) =>
  Promise.resolve(client.repository(registry, repository, CREDENTIALS));

let directory: string;
let registry: StandaloneRegistry;
let index: Descriptor;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'edit-tags-'));
  registry = await createStandaloneRegistry({
    dataDirectory: path.join(directory, 'data'),
    port: 0,
    access: { kind: 'users', users: { me: await hashPassword('secret') }, anonymousPull: false },
  });
  const sample = await SampleLayout.create(path.join(directory, 'sample'));
  index = await sample.addIndex([
    await sample.addImage('linux/amd64'),
    await sample.addImage('linux/arm64'),
  ]);
  const target = at('team/app:v1');
  const writer = registryWriter(await open(target), target, 'team/app:v1');
  await copyImage(await openLayout(sample.directory, index.digest), writer);
});
afterEach(async () => {
  await registry.close();
  await rm(directory, { recursive: true });
});

const at = (name: string): Reference => parseReference(`${new URL(registry.url).host}/${name}`)!;
const tagsNow = async (): Promise<string[]> => (await open(at('team/app'))).listTags();

describe('tags of an image', () => {
  it('are given to the same bytes, by tag and by digest, and move', async () => {
    const other = at(`team/app@${index.digest}`);
    expect(await tagImage(open, at('team/app:v1'), ['v1.0', 'latest'] as Tag[])).toBe(index.digest);
    expect(await tagImage(open, other, ['latest', 'stable'] as Tag[])).toBe(index.digest);
    expect(await tagsNow()).toEqual(['latest', 'stable', 'v1', 'v1.0']);
    const repository = await open(other);
    for (const tag of await tagsNow()) {
      expect((await repository.getManifest(tag)).digest).toBe(index.digest);
    }
  });

  it('are not given to what is not there', async () => {
    await expect(tagImage(open, at('team/app:none'), ['v2' as Tag])).rejects.toMatchObject({
      kind: 'manifest-unknown',
    });
    expect(await tagsNow()).toEqual(['v1']);
  });
});

describe('deleting', () => {
  it('takes a tag alone, and by digest the manifest with its tags', async () => {
    await tagImage(open, at('team/app:v1'), ['old', 'older'] as Tag[]);
    await deleteImage(open, at('team/app:old'));
    expect(await tagsNow()).toEqual(['older', 'v1']);
    expect(await (await open(at('team/app'))).hasManifest(index.digest)).toBe(true);
    await deleteImage(open, at(`team/app@${index.digest}`));
    expect(await (await open(at('team/app'))).hasManifest(index.digest)).toBe(false);
  });

  it('says that it is not there', async () => {
    await expect(deleteImage(open, at('team/app:none'))).rejects.toMatchObject({
      kind: 'manifest-unknown',
    });
  });

  it.each([
    { name: 'a:v1', status: 400, why: /deletes no tag alone$/, help: /@DIGEST/ },
    { name: 'a:v1', status: 405, why: /deletes no tag alone$/, help: /@DIGEST/ },
    { name: `a@sha256:${'0'.repeat(64)}`, status: 405, why: /no manifests$/, help: /settings/ },
  ])('tells of a registry that answers $status for $name', async ({ name, status, why, help }) => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(status).end('{"errors":[{"code":"UNSUPPORTED","message":"no"}]}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      await expect(
        deleteImage(open, parseReference(`127.0.0.1:${port}/${name}`)!),
      ).rejects.toMatchObject({
        name: 'Failure',
        message: expect.stringContaining('UNSUPPORTED') as string,
        why: expect.stringMatching(why) as string,
        help: expect.stringMatching(help) as string,
      });
    } finally {
      server.close();
    }
  });
});
