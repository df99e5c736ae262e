import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePlatform } from '../../oci/platform.js';
import { parseReference } from '../../oci/reference.js';
import {
  createStandaloneRegistry,
  type StandaloneRegistry,
} from '../../registry/standalone-registry.js';
import { createRegistryClient } from '../../remote/client.js';
import type { RepositoryClient } from '../../remote/registry-client.js';
import { pushImage, pushIndex } from '../testing/push-images.js';
import { findFormerIndexes } from './former-indexes.js';

const AMD64 = parsePlatform('linux/amd64')!;
const ARM64 = parsePlatform('linux/arm64')!;

let directory: string;
let registry: StandaloneRegistry;
let repository: RepositoryClient;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'former-'));
  const access = { kind: 'anonymous' } as const;
  registry = await createStandaloneRegistry({ dataDirectory: directory, port: 0, access });
  const client = createRegistryClient({ resolveEndpoint: () => ({ baseUrl: registry.url }) });
  repository = client.repository('localhost', parseReference('localhost/a/app')!.repository);
});
afterEach(async () => {
  await registry.close();
  rmSync(directory, { recursive: true });
});

const find = (text = 'localhost/a/app:v1') =>
  findFormerIndexes(repository, parseReference(text)!, AbortSignal.timeout(10_000));

describe('a tag that named an index', () => {
  it('is told by a registry that keeps it', async () => {
    const index = await pushIndex(repository, 'v1', [AMD64, ARM64]);
    await pushImage(repository, 'v1', AMD64);
    const found = await find();
    expect(found.map(({ digest }) => digest)).toEqual([index.digest]);
    expect(found[0]?.platforms).toEqual([AMD64, ARM64]);
    expect(Date.parse(found[0]!.pushed)).toBeLessThanOrEqual(Date.parse(found[0]!.moved));
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'a single image that replaced a single image',
      async () => {
        await pushImage(repository, 'v1', ARM64);
        await pushImage(repository, 'v1', AMD64);
      },
    ],
    [
      'an index that kept another tag',
      async () => {
        await pushIndex(repository, 'v1', [AMD64, ARM64]);
        await pushIndex(repository, 'latest', [AMD64, ARM64]);
        await pushImage(repository, 'v1', AMD64);
      },
    ],
    [
      'an index of one platform',
      async () => {
        await pushIndex(repository, 'v1', [AMD64]);
        await pushImage(repository, 'v1', AMD64);
      },
    ],
  ])('%s is none', async (_name, push) => {
    await push();
    expect(await find()).toEqual([]);
  });

  it('is not looked for at registries that do not tell', async () => {
    expect(await find('ghcr.io/a/app:v1')).toEqual([]);
  });
});
