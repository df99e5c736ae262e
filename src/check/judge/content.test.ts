import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePlatform } from '../../oci/platform.js';
import { elfFile } from '../../oci/program/testing/program-files.js';
import { checkTargets } from '../check.js';
import type { CheckReport } from '../report/check-report.js';
import { readImageReference } from '../targets/image-reference.js';
import { SampleRegistry, type EntryOptions } from '../testing/sample-registry.js';

const AMD64 = elfFile({ machine: 62 });
const ARM64 = elfFile({ machine: 183 });

let registry: SampleRegistry;
beforeEach(async () => void (registry = await SampleRegistry.start()));
afterEach(() => registry.close());

async function layerOf(name: string, content: string | Buffer, mode = 0o755): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name, mode, mtime: new Date(0) }, content);
  tar.finalize();
  return buffer(tar);
}

const starting = (tar: Buffer, command = ['/app']): EntryOptions => ({ layer: { tar, command } });

async function check(
  platforms: readonly string[],
  options: { deep?: boolean; timeoutMs?: number } = { deep: true },
): Promise<CheckReport> {
  const contents = readImageReference('r.test/a/app:v1', {
    platforms: platforms.map((platform) => parsePlatform(platform)!),
  });
  const target = { name: 'a', kinds: ['image' as const], files: 0, contents };
  return checkTargets([target], registry.inspector(options));
}

const codes = ({ findings }: CheckReport): string[] =>
  findings.map(({ code }) => code).filter((code) => code !== 'LZ1301');

const verified = ({ images }: CheckReport): unknown[] =>
  images.flatMap(({ uses }) =>
    uses.flatMap((use) => use.platforms.map((platform) => platform.verified)),
  );

/** Changes the layer that is stored last. */
function changeLayer(change: (digest: string, bytes: Buffer) => void): void {
  const [digest, bytes] = [...registry.memory.blobs].at(-1)!;
  change(digest, bytes);
}

it('sound images give nothing, and are told to be verified', async () => {
  registry.index('a/app:v1', [
    ['linux/amd64', starting(await layerOf('app', AMD64))],
    ['linux/arm64', starting(await layerOf('app', ARM64))],
  ]);
  const report = await check(['linux/amd64', 'linux/arm64']);
  expect(codes(report)).toEqual([]);
  expect(verified(report)).toEqual([true, true]);
});

it('only the platforms that are needed are read, and none without --deep', async () => {
  registry.index('a/app:v1', [
    ['linux/amd64', starting(await layerOf('app', AMD64))],
    ['linux/arm64', starting(await layerOf('app', AMD64))],
  ]);
  expect(codes(await check(['linux/amd64']))).toEqual([]);
  const shallow = await check(['linux/arm64'], {});
  expect(codes(shallow)).toEqual([]);
  expect(verified(shallow)).toEqual([undefined]);
});

it.each<[string, () => Promise<EntryOptions>, string]>([
  ['a program of another machine', async () => starting(await layerOf('app', ARM64)), 'LZ1204'],
  ['no such program', async () => starting(await layerOf('other', AMD64)), 'LZ1205'],
  ['no permission', async () => starting(await layerOf('app', AMD64, 0o644)), 'LZ1206'],
  ['no interpreter', async () => starting(await layerOf('app', '#!/bin/sh\n')), 'LZ1207'],
  ['a path that climbs out', async () => starting(await layerOf('../app', AMD64)), 'LZ1203'],
  ['no command', async () => starting(await layerOf('app', AMD64), []), 'LZ1208'],
])('an image with %s', async (_name, options, code) => {
  registry.image('a/app:v1', 'linux/amd64', await options());
  const report = await check(['linux/amd64']);
  expect(codes(report)).toEqual([code]);
  const found = report.findings.find((one) => one.code === code)!;
  expect(found.message).toMatch(/^r\.test\/a\/app:v1 for linux\/amd64: /);
  expect(found.fix).toBe('docker buildx build --platform linux/amd64 -t r.test/a/app:v1 --push .');
});

describe('a layer', () => {
  beforeEach(async () => {
    registry.index('a/app:v1', [['linux/amd64', starting(await layerOf('app', AMD64))]]);
  });

  it('with other bytes is damaged', async () => {
    changeLayer((digest, bytes) => registry.memory.blobs.set(digest, bytes.subarray().fill(0)));
    const report = await check(['linux/amd64']);
    expect(codes(report)).toEqual(['LZ1202']);
    expect(verified(report)).toEqual([false]);
  });

  it('that is not there is missing', async () => {
    changeLayer((digest) => registry.memory.blobs.delete(digest));
    expect(codes(await check(['linux/amd64']))).toEqual(['LZ1201']);
  });

  it('that does not come in time leaves the image unverified, which is an error', async () => {
    changeLayer((layer) => {
      const answer = registry.memory.intercept;
      registry.memory.intercept = (request, response) =>
        request.url?.endsWith(layer) === true || (answer?.(request, response) ?? false);
    });
    const report = await check(['linux/amd64'], { deep: true, timeoutMs: 1000 });
    expect(codes(report)).toEqual(['LZ1209']);
    expect(report.findings[0]).toMatchObject({
      evidence: [expect.stringContaining('no full answer within 1 s')],
      fix: 'lazurite image verify r.test/a/app:v1',
    });
  });
});

it('a platform that is not there is told once', async () => {
  registry.image('a/app:v1', 'linux/arm64', starting(await layerOf('app', ARM64)));
  expect(codes(await check(['linux/amd64']))).toEqual(['LZ1102']);
});
