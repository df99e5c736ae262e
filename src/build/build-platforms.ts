import { link, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../base/failure.js';
import { OciLayout } from '../image/layout/oci-layout.js';
import type { ImageIndex } from '../oci/manifest.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { formatPlatform, type Platform } from '../oci/platform.js';
import type { BuildRequest, BuiltImage, ImageBuilder } from './image-builder.js';
import { OrderedLog } from './ordered-log.js';

/** What a build of one or several platforms came to. */
export interface BuiltPlatforms extends BuiltImage {
  /** One a platform, in the order asked for. */
  images: { platform: Platform; digest: string }[];
}

/**
 * Builds for several platforms at the same time and puts an index over them; for one, the image stands
 * for itself. The caller removes the layout.
 *
 * @throws the failure of the platform that failed first, once no other one is being built any more
 */
export async function buildPlatforms(
  builder: ImageBuilder,
  request: Omit<BuildRequest, 'platform'>,
  platforms: readonly Platform[],
  signal?: AbortSignal,
): Promise<BuiltPlatforms> {
  const built = await buildAll(builder, request, platforms, signal);
  const [first, ...others] = built;
  if (first === undefined) throw new Error('no platform was asked for');
  const images = built.map((image, at) => ({
    platform: platforms[at] ?? { os: '', architecture: '' },
    digest: image.manifest.digest,
  }));
  if (others.length === 0) return { ...first, images };
  const layout = await OciLayout.create(first.layoutDirectory);
  for (const other of others) await takeOver(layout, other.layoutDirectory);
  const document: ImageIndex = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociIndex,
    manifests: built.map(({ manifest: { mediaType, digest, size } }, at) => {
      const platform = platforms[at];
      return { mediaType, digest, size, ...(platform && { platform }) };
    }),
  };
  const bytes = Buffer.from(JSON.stringify(document));
  const manifest = await layout.writeDocument(MEDIA_TYPE.ociIndex, bytes);
  await layout.writeIndex([manifest]);
  const baseImages = built.flatMap((image) => image.baseImages ?? []);
  return { layoutDirectory: layout.directory, manifest, baseImages, images };
}

async function buildAll(
  builder: ImageBuilder,
  request: Omit<BuildRequest, 'platform'>,
  platforms: readonly Platform[],
  signal: AbortSignal | undefined,
): Promise<BuiltImage[]> {
  const stopOthers = new AbortController();
  const any = AbortSignal.any([stopOthers.signal, ...(signal ? [signal] : [])]);
  const log = new OrderedLog(request.log);
  let failure: { error: unknown } | undefined;
  const builds = platforms.map(async (platform) => {
    const part = log.open();
    if (platforms.length > 1) part.log(`Building for ${formatPlatform(platform)}`);
    try {
      return await builder.build({ ...request, platform, log: part.log }, any);
    } catch (error) {
      failure ??= { error };
      stopOthers.abort();
      throw error;
    } finally {
      part.close();
    }
  });
  const settled = await Promise.allSettled(builds);
  const done = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (failure === undefined) return done;
  for (const image of done) await rm(image.layoutDirectory, { recursive: true, force: true });
  throw failure.error;
}

/** Moves the blobs of a layout into another one. */
async function takeOver(layout: OciLayout, directory: string): Promise<void> {
  const from = path.join(directory, 'blobs', 'sha256');
  const to = path.join(layout.directory, 'blobs', 'sha256');
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    try {
      await link(path.join(from, name), path.join(to, name));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  await rm(directory, { recursive: true, force: true });
}
