import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTar } from '../../build/embedded/testing/build-fixture.js';
import type { Digest } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { parseRepositoryName, type RepositoryName } from '../../oci/reference.js';
import { createRegistryClient } from '../../remote/client.js';
import type { RepositoryClient } from '../../remote/registry-client.js';
import { MemoryRegistry } from '../../remote/testing/memory-registry.js';
import { fetchSource } from './remote-source.js';

interface Layer {
  content: Buffer;
  mediaType?: string;
  annotations?: Record<string, string>;
}

const titled = (title: string, text: string): Layer => ({
  content: Buffer.from(text),
  annotations: { 'org.opencontainers.image.title': title },
});

let registry: MemoryRegistry;
let directory: string;
let client: RepositoryClient;
beforeEach(async () => {
  registry = await MemoryRegistry.start();
  directory = await mkdtemp(path.join(tmpdir(), 'lza-'));
  const all = createRegistryClient({ resolveEndpoint: () => ({ baseUrl: registry.baseUrl }) });
  client = all.repository('reg.example', parseRepositoryName('sources/app') as RepositoryName);
});
afterEach(async () => {
  await registry.close();
  await rm(directory, { recursive: true, force: true });
});

function descriptorOf({ content, mediaType = 'application/octet-stream', annotations }: Layer) {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}` as Digest;
  return { mediaType, digest, size: content.length, ...(annotations && { annotations }) };
}

async function push(...layers: Layer[]): Promise<void> {
  const config: Layer = {
    content: Buffer.from('{}'),
    mediaType: 'application/vnd.oci.empty.v1+json',
  };
  for (const layer of [config, ...layers]) {
    await client.putBlob(descriptorOf(layer), () => Readable.from([layer.content]));
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociManifest,
    artifactType: 'application/vnd.example.source',
    config: descriptorOf(config),
    layers: layers.map(descriptorOf),
  };
  await client.putManifest('v1', MEDIA_TYPE.ociManifest, Buffer.from(JSON.stringify(manifest)));
}

const fetch = (location = 'oci://reg.example/sources/app:v1') =>
  fetchSource(location, { directory, openRepository: () => client });

describe('a source in an artifact', () => {
  it('is its files under their titles, and its archives', async () => {
    const tar = gzipSync(await makeTar([{ name: 'src/main.c', content: 'int main;' }]));
    await push(titled('Dockerfile', 'FROM scratch\n'), titled('docs/read.me', 'hello'), {
      content: tar,
      mediaType: MEDIA_TYPE.ociLayerGzip,
    });
    const { directory: found } = await fetch();
    const text = (name: string) => readFile(path.join(found, name), 'utf8');
    expect(await text('Dockerfile')).toBe('FROM scratch\n');
    expect(await text('docs/read.me')).toBe('hello');
    expect(await text('src/main.c')).toBe('int main;');
  });

  it('puts nothing outside, by a title or through a link of an archive', async () => {
    await push(titled('../escaped', 'x'));
    await expect(fetch()).rejects.toThrow(/climbs out/);
    const link = { name: 'out', type: 'symlink', linkname: directory } as const;
    const archive = gzipSync(await makeTar([link]));
    await push(
      { content: archive, mediaType: MEDIA_TYPE.ociLayerGzip },
      titled('out/escaped', 'x'),
    );
    await expect(fetch()).rejects.toThrow(/replaces the directory out/);
    expect(existsSync(path.join(directory, 'escaped'))).toBe(false);
  });

  it.each([
    ['oci://reg.example/Sources:v1', /not of the form oci:\/\/REGISTRY/],
    [
      'oci://reg.example/sources/app:absent',
      /absent.*not found|manifest unknown|MANIFEST_UNKNOWN/is,
    ],
  ])('%s is refused', async (location, message) => {
    await expect(fetch(location)).rejects.toThrow(message);
  });

  it('needs titles', async () => {
    await push({ content: Buffer.from('x') });
    await expect(fetch()).rejects.toThrow(/neither a title nor an archive/);
  });
});
