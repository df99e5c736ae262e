import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
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
const ROUNDS = 200;

const directory = mkdtempSync(join(tmpdir(), 'scale-'));
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: MEDIA_TYPE.ociIndex,
  manifests: [],
});
const digest = digestOf(manifest);

/** Documents as many pushes would have left them, a repository at a time. */
function* documents(repositories: number, tags: number): Generator<WriteOperation[]> {
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
  for (let at = 0; at < repositories; at++) {
    const name = `registry/team/repo-${at}`;
    const mediaType = MEDIA_TYPE.ociIndex;
    const size = manifest.length;
    yield [
      put(COLLECTION.repositories, name, { ...stamp, manifestCount: 1, tagCount: tags }),
      put(COLLECTION.manifests, `${name}@${digest}`, {
        ...stamp,
        mediaType,
        size,
        imageSize: 0,
        blobs: [],
        manifests: [],
      }),
      put(COLLECTION.contents, `${name}@${digest}`, Buffer.from(manifest).toString('base64')),
      ...Array.from({ length: tags }, (_, tag) =>
        put(COLLECTION.tags, `${name}:v${tag}`, { ...stamp, digest }),
      ),
    ];
  }
}

async function seed(folder: string, repositories: number, tags: number): Promise<void> {
  mkdirSync(folder);
  const metadata = await openSqliteMetadataStore({ path: join(folder, 'metadata.db') });
  let writes: Promise<void>[] = [];
  for (const operations of documents(repositories, tags)) {
    writes.push(metadata.write(operations));
    if (writes.length < 50) continue;
    await Promise.all(writes);
    writes = [];
  }
  await Promise.all(writes);
  await metadata.close();
}

interface Served {
  startMs: number;
  /** Sends a request over a connection that stays open. */
  timed(path: string): Promise<{ status: number; body: string; ms: number }>;
  close(): Promise<void>;
}

async function serve(folder: string): Promise<Served> {
  const begun = performance.now();
  const tokenAuthority = createHmacAuthority(Buffer.from('key'), systemClock);
  const host = await createRegistryHost({ dataDirectory: folder, tokenAuthority });
  const registry = await host.configure({
    name: 'registry',
    loginServer: 'registry',
    admin: { enabled: false, username: '', passwords: ['', ''] },
    anonymousPull: false,
    anonymousAccess: true,
    negotiation: 'any',
  });
  const startMs = performance.now() - begun;
  const server = createServer((request, response) => void registry.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    startMs,
    async timed(path) {
      const from = performance.now();
      const response = await fetch(`${base}${path}`);
      const body = await response.text();
      return { status: response.status, body, ms: performance.now() - from };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await host.close();
    },
  };
}

describe('a thousand repositories of a thousand tags', () => {
  const [large, small] = [join(directory, 'large'), join(directory, 'small')];
  beforeAll(async () => {
    await seed(large, REPOSITORIES, TAGS);
    await seed(small, 1, 1);
  }, 300_000);
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('start in seconds and answer at once', async () => {
    const registry = await serve(large);
    expect(registry.startMs).toBeLessThan(START_MS);
    await registry.timed('/v2/'); // opens the connection
    for (const path of [
      '/v2/_catalog',
      '/v2/_catalog?n=100&last=team/repo-500',
      '/v2/team/repo-777/manifests/v999',
      '/v2/team/repo-778/tags/list',
      '/v2/team/repo-778/tags/list?n=100&last=v5',
      '/acr/v1/team/repo-779',
      '/acr/v1/team/repo-780/_tags?orderby=timedesc',
    ]) {
      const { status, ms } = await registry.timed(path);
      expect(status, path).toBe(200);
      expect(ms, path).toBeLessThan(ANSWER_MS);
    }
    const { body } = await registry.timed('/v2/_catalog');
    expect((JSON.parse(body) as { repositories: string[] }).repositories).toHaveLength(
      REPOSITORIES,
    );
    await registry.close();
  }, 60_000);

  it('answer as fast as one repository of one tag', async () => {
    const both = { large: await serve(large), small: await serve(small) };
    const times = { large: [] as number[], small: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const size of ['large', 'small'] as const) {
        // Another repository each time: none is served from what the last answer left in memory.
        const at = size === 'large' ? (round * 7) % REPOSITORIES : 0;
        const { status, ms } = await both[size].timed(`/v2/team/repo-${at}/manifests/v0`);
        expect(status).toBe(200);
        times[size].push(ms);
      }
    }
    // Half a millisecond is what reading a document that is not in memory may cost.
    expect(median(times.large)).toBeLessThan(3 * median(times.small) + 0.5);
    await both.large.close();
    await both.small.close();
  }, 60_000);
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
