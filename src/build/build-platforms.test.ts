import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OciLayout } from '../image/layout/oci-layout.js';
import { parseManifest } from '../oci/manifest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { formatPlatform, parsePlatform } from '../oci/platform.js';
import { buildPlatforms } from './build-platforms.js';
import { BuildError, type BuildRequest, type ImageBuilder } from './image-builder.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'lazurite-platforms-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Makes an image whose manifest is the name of its platform. */
const builder: ImageBuilder = {
  name: 'test',
  async build({ platform, log }, signal) {
    const name = formatPlatform(platform);
    log(`made ${name}`);
    if (name === 'linux/s390x') throw new BuildError('no such machine');
    if (name === 'linux/riscv64')
      await new Promise((_, fail) => signal?.addEventListener('abort', fail));
    const layout = await OciLayout.create(path.join(directory, name.replaceAll('/', '-')));
    const manifest = await layout.writeDocument(MEDIA_TYPE.ociManifest, Buffer.from(name));
    return { layoutDirectory: layout.directory, manifest };
  },
};

const platforms = (...names: string[]) => names.map((name) => parsePlatform(name)!);
const requestWith = (log: (line: string) => void): Omit<BuildRequest, 'platform'> => ({
  contextDirectory: '.',
  dockerfile: 'Dockerfile',
  buildArgs: new Map(),
  credentialsFor: () => undefined,
  log,
});

describe('buildPlatforms', () => {
  it('leaves a single image as it is', async () => {
    const built = await buildPlatforms(
      builder,
      requestWith(() => undefined),
      platforms('arm64'),
    );
    expect(built.manifest.mediaType).toBe(MEDIA_TYPE.ociManifest);
    expect(built.images).toHaveLength(1);
  });

  it('puts an index over several, in the order asked for', async () => {
    const lines: string[] = [];
    const wanted = platforms('linux/arm/v7', 'linux/amd64', 'linux/arm64');
    const built = await buildPlatforms(
      builder,
      requestWith((line) => lines.push(line)),
      wanted,
    );
    const layout = await OciLayout.create(built.layoutDirectory);
    const parsed = parseManifest(
      await buffer(layout.openBlob(built.manifest)),
      MEDIA_TYPE.ociIndex,
    );
    if (parsed.kind !== 'index') throw new Error('no index');
    expect(parsed.index.manifests.map((entry) => entry.platform)).toEqual(wanted);
    for (const entry of parsed.index.manifests)
      expect(await layout.hasBlob(entry.digest)).toBe(true);
    expect(await readdir(directory)).toEqual(['linux-arm-v7']);
    expect(lines.filter((line) => line.startsWith('Building'))).toHaveLength(3);
    expect(lines.slice(0, 2)).toEqual(['Building for linux/arm/v7', 'made linux/arm/v7']);
  });

  it('stops the others when one fails, and leaves nothing', async () => {
    const wanted = platforms('linux/amd64', 'linux/riscv64', 'linux/s390x');
    await expect(
      buildPlatforms(
        builder,
        requestWith(() => undefined),
        wanted,
      ),
    ).rejects.toThrow('no such machine');
    expect(await readdir(directory)).toEqual([]);
  });
});
