import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { digestOf } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';
import { createRegistryHost } from '../../src/registry/create-registry-host.js';
import { COLLECTION, UNLOCKED } from '../../src/registry/documents.js';
import { createHmacAuthority } from '../../src/registry/hmac-authority.js';
import { openSqliteMetadataStore } from '../../src/storage/sqlite-metadata-store.js';
import type { WriteOperation } from '../../src/storage/metadata-store.js';

const REPOSITORIES = 1000;
const TAGS = 1000;
/** Far above what it takes here, far below what a walk over everything would. */
const START_MS = 5_000;
const ANSWER_MS = 250;

const directory = mkdtempSync(join(tmpdir(), 'scale-'));
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: MEDIA_TYPE.ociIndex,
  manifests: [],
});
const digest = digestOf(manifest);

/** Documents as a million pushes would have left them. */
function* documents(): Generator<WriteOperation[]> {
  const stamp = {
    createdTime: '2026-01-01T00:00:00.0000000Z',
    lastUpdateTime: '2026-01-01T00:00:00.0000000Z',
    changeableAttributes: UNLOCKED,
  };
  const put = (collection: string, key: string, value: unknown): WriteOperation => ({
    kind: 'put',
    collection,
    key,
    value,
  });
  for (let at = 0; at < REPOSITORIES; at++) {
    const name = `registry/team/repo-${at}`;
    const mediaType = MEDIA_TYPE.ociIndex;
    const size = manifest.length;
    yield [
      put(COLLECTION.repositories, name, { ...stamp, manifestCount: 1, tagCount: TAGS }),
      put(COLLECTION.manifests, `${name}@${digest}`, {
        ...stamp,
        mediaType,
        size,
        imageSize: 0,
        blobs: [],
        manifests: [],
      }),
      put(COLLECTION.contents, `${name}@${digest}`, Buffer.from(manifest).toString('base64')),
      ...Array.from({ length: TAGS }, (_, tag) =>
        put(COLLECTION.tags, `${name}:v${tag}`, { ...stamp, digest }),
      ),
    ];
  }
}

describe('a thousand repositories of a thousand tags', () => {
  beforeAll(async () => {
    const metadata = await openSqliteMetadataStore({ path: join(directory, 'metadata.db') });
    let writes: Promise<void>[] = [];
    for (const operations of documents()) {
      writes.push(metadata.write(operations));
      if (writes.length < 50) continue;
      await Promise.all(writes);
      writes = [];
    }
    await Promise.all(writes);
    await metadata.close();
  }, 300_000);
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('start in seconds and answer at once', async () => {
    const begun = performance.now();
    const tokenAuthority = createHmacAuthority(Buffer.from('key'), systemClock);
    const host = await createRegistryHost({ dataDirectory: directory, tokenAuthority });
    const registry = await host.configure({
      name: 'registry',
      loginServer: 'registry',
      admin: { enabled: false, username: '', passwords: ['', ''] },
      anonymousPull: false,
      anonymousAccess: true,
      negotiation: 'any',
    });
    expect(performance.now() - begun).toBeLessThan(START_MS);
    const server = createServer((request, response) => void registry.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const timed = async (path: string) => {
      const from = performance.now();
      const response = await fetch(`${base}${path}`);
      const body = await response.text();
      return { status: response.status, body, ms: performance.now() - from };
    };
    await timed('/v2/'); // opens the connection
    for (const path of [
      '/v2/_catalog',
      '/v2/_catalog?n=100&last=team/repo-500',
      '/v2/team/repo-777/manifests/v999',
      '/v2/team/repo-778/tags/list',
      '/v2/team/repo-778/tags/list?n=100&last=v5',
      '/acr/v1/team/repo-779',
      '/acr/v1/team/repo-780/_tags?orderby=timedesc',
    ]) {
      const { status, ms } = await timed(path);
      expect(status, path).toBe(200);
      expect(ms, path).toBeLessThan(ANSWER_MS);
    }
    const { body } = await timed('/v2/_catalog');
    expect((JSON.parse(body) as { repositories: string[] }).repositories).toHaveLength(
      REPOSITORIES,
    );
    server.closeAllConnections();
    server.close();
    await host.close();
  }, 60_000);
});
