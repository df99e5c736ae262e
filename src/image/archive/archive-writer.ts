import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import { Failure } from '../../base/failure.js';
import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import { hostPlatform } from '../../oci/platform/host.js';
import { parseManifest, type ImageManifest } from '../../oci/manifest.js';
import { selectPlatform } from '../../oci/platform/matching.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import type { FetchedManifest } from '../../remote/registry-client.js';
import type { ImageWriter } from '../image-writer.js';
import { blobFile } from '../layout/layout-content.js';
import { CONTAINERD_NAME, REF_NAME } from '../layout/layout-names.js';
import { layoutWriter } from '../layout/layout-writer.js';
import { OciLayout } from '../layout/oci-layout.js';
import { requireDepth } from '../nesting.js';
import type { SavedImage } from './saved-images.js';

/**
 * Writes an archive that is both a layout and what `docker load` and `podman load` have always taken.
 * Loaders that know no indexes get the image for this machine's platform, else the first one.
 *
 * The content is gathered in a directory beside the archive. It stays when the copy fails, so that the
 * next attempt finds it, and goes when the archive is whole.
 */
export function archiveWriter(
  file: string,
  reference: Reference | undefined,
  text: string,
): ImageWriter {
  const staging = `${file}.partial`;
  const openLayout = OciLayout.lazily(staging);
  const writer = layoutWriter(openLayout, { text, names: namesOf(reference) });
  /** What an earlier attempt at another image has left must not get into the archive. */
  const used = new Set<Digest>();
  return {
    ...writer,
    hasManifest(digest) {
      used.add(digest);
      return writer.hasManifest(digest);
    },
    putBlob(descriptor, open) {
      used.add(descriptor.digest);
      return writer.putBlob(descriptor, open);
    },
    putManifest(manifest) {
      used.add(manifest.digest);
      return writer.putManifest(manifest);
    },
    async commit(root, signal) {
      const layout = await openLayout();
      await layout.writeIndex([]);
      await writer.commit(root, signal);
      const image = await savedImage(layout, root, reference);
      await pack({ layout, image, blobs: [...used].toSorted(), file, signal });
      await rm(staging, { recursive: true, force: true });
    },
  };
}

function namesOf(reference: Reference | undefined): Record<string, string> {
  if (reference?.tag === undefined) return {};
  return { [CONTAINERD_NAME]: formatReference(reference), [REF_NAME]: reference.tag };
}

/** What loaders without indexes shall see. */
async function savedImage(
  layout: OciLayout,
  root: FetchedManifest,
  reference: Reference | undefined,
): Promise<SavedImage> {
  const manifest = await runnableImage(layout, root, 0);
  if (manifest === undefined) {
    throw new Failure('a docker archive holds images only', {
      why: `${root.digest} is a ${root.mediaType} without a runnable image`,
      help: 'copy it to a registry or to oci:DIR',
    });
  }
  const blobs = [manifest.config, ...manifest.layers].map(({ digest }) => blobFile(digest));
  const [Config = '', ...Layers] = blobs;
  return { Config, RepoTags: reference ? [formatReference(reference)] : [], Layers };
}

async function runnableImage(
  layout: OciLayout,
  { bytes, mediaType }: Pick<FetchedManifest, 'bytes' | 'mediaType'>,
  depth: number,
): Promise<ImageManifest | undefined> {
  const parsed = parseManifest(bytes, mediaType);
  if (parsed.kind === 'image') return parsed.manifest;
  requireDepth(depth);
  if (parsed.kind === 'other') return undefined;
  const { manifests } = parsed.index;
  const child = selectPlatform(manifests, hostPlatform()) ?? manifests.find(isRunnable);
  return child && runnableImage(layout, await layout.getManifest(child.digest), depth + 1);
}

function isRunnable({ platform }: Descriptor): boolean {
  return platform === undefined || platform.os !== 'unknown';
}

interface Packing {
  layout: OciLayout;
  image: SavedImage;
  blobs: readonly Digest[];
  file: string;
  signal: AbortSignal | undefined;
}

async function pack(packing: Packing): Promise<void> {
  const { file, signal } = packing;
  const archive = tar.pack();
  const temporary = `${file}.partial/archive.tar`;
  const target = createWriteStream(temporary);
  const writing = signal ? pipeline(archive, target, { signal }) : pipeline(archive, target);
  const filling = fill(archive, packing).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  await Promise.all([writing, filling]);
  await rename(temporary, file);
}

async function fill(archive: tar.Pack, { layout, image, blobs }: Packing): Promise<void> {
  for (const digest of blobs) await addFile(archive, layout, blobFile(digest));
  for (const name of ['index.json', 'oci-layout']) await addFile(archive, layout, name);
  archive.entry(header('manifest.json'), JSON.stringify([image]));
  archive.finalize();
}

async function addFile(archive: tar.Pack, layout: OciLayout, name: string): Promise<void> {
  const source = path.join(layout.directory, name);
  const { size } = await stat(source);
  const entry = archive.entry({ ...header(name), size });
  await pipeline(createReadStream(source), entry);
}

/** The same bytes for the same image. */
function header(name: string): { name: string; mode: number; mtime: Date } {
  return { name, mode: 0o644, mtime: new Date(0) };
}
