import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Descriptor } from '../../oci/descriptor.js';
import { digestHex, type Digest } from '../../oci/digest.js';
import { parseReference, type RepositoryName } from '../../oci/reference.js';
import { createRegistryClient } from '../../remote/client.js';
import { hashPassword } from '../../registry/htpasswd.js';
import {
  createStandaloneRegistry,
  type StandaloneRegistry,
} from '../../registry/standalone-registry.js';
import type { OpenRepository } from '../image-access.js';
import { copyImage } from '../copy/copy-image.js';
import { openLayout } from '../layout/layout-reader.js';
import { registryWriter } from '../registry/registry-writer.js';
import { SampleLayout } from '../testing/sample-layout.js';
import { exportRegistry } from './export-registry.js';
import { importRegistry } from './import-registry.js';
import { requireApart } from './repository-folders.js';

const CREDENTIALS = { username: 'me', password: 'secret' };
const client = createRegistryClient({
  resolveEndpoint: (host) => ({ baseUrl: `http://${host}` }),
});
const openRepository: OpenRepository = ({ registry, repository }) =>
  Promise.resolve(client.repository(registry, repository, CREDENTIALS));

let directory: string;
let backup: string;
let sample: SampleLayout;
let first: StandaloneRegistry;
let second: StandaloneRegistry;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'bulk-'));
  backup = path.join(directory, 'backup');
  sample = await SampleLayout.create(path.join(directory, 'sample'));
  [first, second] = await Promise.all([start('first'), start('second')]);
});
afterEach(async () => {
  await Promise.all([first.close(), second.close()]);
  await rm(directory, { recursive: true });
});

async function start(name: string): Promise<StandaloneRegistry> {
  return createStandaloneRegistry({
    dataDirectory: path.join(directory, name),
    port: 0,
    access: { kind: 'users', users: { me: await hashPassword('secret') }, anonymousPull: false },
    sparseIndexes: true,
  });
}

const hostOf = ({ url }: StandaloneRegistry): string => new URL(url).host;

async function push(root: Descriptor, name: string): Promise<void> {
  const reference = parseReference(`${hostOf(first)}/${name}`)!;
  const repository = await openRepository(reference);
  await copyImage(
    await openLayout(sample.directory, root.digest),
    registryWriter(repository, reference, name),
  );
}

const sourceOf = (registry: StandaloneRegistry) => ({
  registry: hostOf(registry),
  inventory: client.inventory(hostOf(registry), CREDENTIALS),
  openRepository,
});

/** Everything that a registry tells about itself. */
async function listing(registry: StandaloneRegistry) {
  const { inventory } = sourceOf(registry);
  const all: Record<string, { tags: Record<string, Digest>; manifests: Digest[] }> = {};
  for (const name of await inventory.repositories()) {
    const repository = client.repository(hostOf(registry), name, CREDENTIALS);
    const tags: Record<string, Digest> = {};
    for (const tag of await inventory.tags(name)) {
      tags[tag] = (await repository.getManifest(tag)).digest;
    }
    all[name] = { tags, manifests: ((await inventory.manifests(name)) ?? []).sort() };
  }
  return all;
}

/** Two platforms, one image under two tags, a signature, an image without a tag, nested names. */
async function fill() {
  const amd64 = await sample.addImage('linux/amd64');
  const arm64 = await sample.addImage('linux/arm64');
  const index = await sample.addIndex([amd64, arm64]);
  await push(index, 'team/app:v1');
  await push(index, 'team/app:latest');
  await push(amd64, 'team:single');
  const signature = await sample.addReferrer(index, 'signed');
  await push(signature, `team/app@${signature.digest}`);
  const untagged = await sample.addImage('linux/amd64', 'nobody tagged this');
  await push(untagged, `team/app@${untagged.digest}`);
  return { amd64, index, signature, untagged };
}

describe('export and import of a registry', () => {
  it('carry everything over, also what has no tag, and find it there the next time', async () => {
    const { index, signature } = await fill();
    const names: string[] = [];
    const exported = await exportRegistry(sourceOf(first), backup, {
      onImage: (name) => void names.push(name),
    });
    expect(exported).toMatchObject({ repositories: 2, failures: [] });
    expect(names).toContain('team/app:v1');
    const imported = await importRegistry(backup, { registry: hostOf(second), openRepository });
    expect(imported).toMatchObject({ repositories: 2, failures: [] });
    expect(await listing(second)).toEqual(await listing(first));
    const repository = client.repository(hostOf(second), 'team/app' as RepositoryName, CREDENTIALS);
    const referrers = await repository.listReferrers(index.digest);
    expect(referrers?.map(({ digest }) => digest)).toEqual([signature.digest]);
    const again = await exportRegistry(sourceOf(first), backup);
    expect(again).toMatchObject({ bytes: 0, manifests: { written: 0 }, blobs: { written: 0 } });
    const repeated = await importRegistry(backup, { registry: hostOf(second), openRepository });
    expect(repeated).toMatchObject({ bytes: 0, manifests: { written: 0 }, blobs: { written: 0 } });
  });

  it('go on where they were cut off', async () => {
    await fill();
    const stop = new AbortController();
    const cut = exportRegistry(sourceOf(first), backup, {
      onImage: () => {
        stop.abort(new Error('stopped'));
      },
      signal: stop.signal,
    });
    await expect(cut).rejects.toThrow('stopped');
    await exportRegistry(sourceOf(first), backup);
    await importRegistry(backup, { registry: hostOf(second), openRepository });
    expect(await listing(second)).toEqual(await listing(first));
  });

  it('take what is not whole as one failure, and the rest along', async () => {
    const { amd64 } = await fill();
    const elsewhere = await sample.addImage('linux/s390x');
    const sparse = await sample.addIndex([amd64, elsewhere]);
    const bytes = await readFile(
      path.join(sample.directory, 'blobs/sha256', digestHex(sparse.digest)),
    );
    const repository = client.repository(hostOf(first), 'sparse' as RepositoryName, CREDENTIALS);
    await repository.putManifest('v1', sparse.mediaType, bytes);
    const result = await exportRegistry(sourceOf(first), backup);
    const names = result.failures.map(({ name }) => name);
    expect(names).toEqual(['sparse:v1', `sparse@${sparse.digest}`]);
    expect(result.failures[0]?.message).toContain('MANIFEST_UNKNOWN');
    expect(result.repositories).toBe(3);
  });

  it('never import bytes that are not what they are called', async () => {
    const { untagged } = await fill();
    await exportRegistry(sourceOf(first), backup);
    const blob = path.join(backup, 'team/app/blobs/sha256', digestHex(untagged.digest));
    await unlink(blob);
    await writeFile(blob, '{"schemaVersion":2}');
    const result = await importRegistry(backup, { registry: hostOf(second), openRepository });
    expect(result.failures).toMatchObject([
      {
        name: `team/app@${untagged.digest}`,
        message: expect.stringContaining('other content') as string,
      },
    ]);
  });

  it('are limited to the repositories that are named', async () => {
    await fill();
    const repositories = ['team' as RepositoryName];
    await exportRegistry(sourceOf(first), backup, { repositories });
    await importRegistry(backup, { registry: hostOf(second), openRepository });
    expect(Object.keys(await listing(second))).toEqual(['team']);
    const none = { repositories: ['nope' as RepositoryName] };
    const refused = /has no repository nope/;
    await expect(exportRegistry(sourceOf(first), backup, none)).rejects.toThrow(refused);
    const target = { registry: hostOf(second), openRepository };
    await expect(importRegistry(backup, target, none)).rejects.toThrow(refused);
  });

  it('refuse credentials that are wrong', async () => {
    const inventory = client.inventory(hostOf(first), { ...CREDENTIALS, password: 'wrong' });
    const source = { ...sourceOf(first), inventory };
    await expect(exportRegistry(source, backup)).rejects.toMatchObject({ kind: 'unauthorized' });
  });
});

describe('folders that cannot be imported', () => {
  it.each([
    ['nothing', () => Promise.resolve(), /there is no folder/],
    [
      'no layouts',
      () =>
        SampleLayout.create(path.join(backup, 'a')).then(() =>
          rm(path.join(backup, 'a/oci-layout')),
        ),
      /no image layouts/,
    ],
    ['one layout', () => SampleLayout.create(backup), /is one image layout/],
    [
      'a name that is none',
      () => SampleLayout.create(path.join(backup, 'Team')),
      /is no name for a repository/,
    ],
  ])('%s', async (_what, prepare, message) => {
    await prepare();
    const target = { registry: hostOf(second), openRepository };
    await expect(importRegistry(backup, target)).rejects.toThrow(message);
  });

  it('a repository among the files of another one is refused before anything is written', () => {
    const names = (...texts: string[]) => texts as RepositoryName[];
    expect(() => requireApart(names('a', 'a/blobs'))).toThrow(
      /a\/blobs cannot be exported beside a/,
    );
    expect(() => requireApart(names('a', 'a/b/index.json', 'blobs'))).not.toThrow();
  });
});
