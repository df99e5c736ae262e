import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import type { Descriptor } from '../../oci/descriptor.js';
import { digestHex, type Digest } from '../../oci/digest.js';
import { compressionOf, decompressor } from '../embedded/layers/decompress.js';
import { readLayer, sniff } from '../embedded/layers/read-layer.js';
import type { ImageSource } from '../runtime.js';
import type { ForeignPrograms } from './foreign-programs.js';

export interface ImageArchiveOptions {
  /** What the engine shall call it, e.g. `'lazurite.localhost/image:9f86…'`. */
  reference: string;
  foreign: ForeignPrograms;
  /** For a layer whose size is known only once it is unpacked. */
  scratchFile: string;
  signal: AbortSignal;
}

/**
 * An image as `docker load` and `podman load` take it, made while its layers are fetched. Each layer is checked
 * against its diff id as it passes; the stream ends with LayerMismatchError when one does not match, before
 * the engine has seen the archive's end.
 *
 * What the image says of its execution is left out: a container gets that from its specification.
 *
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md
 */
export function imageArchive(image: ImageSource, options: ImageArchiveOptions): Readable {
  const tar = pack();
  write(tar, image, options).then(
    () => {
      tar.finalize();
    },
    (error: unknown) => {
      tar.destroy(error instanceof Error ? error : new Error(String(error)));
    },
  );
  return Readable.from(tar, { objectMode: false });
}

async function write(tar: Pack, image: ImageSource, options: ImageArchiveOptions): Promise<void> {
  const { os, architecture, variant, rootfs } = image.config;
  const config = { os, architecture, ...(variant && { variant }), config: {}, rootfs };
  const layers = image.layers.map((_layer, index) => `layer-${index}.tar`);
  const manifest = [{ Config: 'config.json', RepoTags: [options.reference], Layers: layers }];
  tar.entry({ name: 'manifest.json' }, JSON.stringify(manifest));
  tar.entry({ name: 'config.json' }, JSON.stringify(config));
  for (const [index, descriptor] of image.layers.entries()) {
    const diffId = rootfs.diff_ids[index];
    if (diffId === undefined) continue;
    const layer = { descriptor, diffId, name: `layer-${index}.tar` };
    await writeLayer(tar, image, layer, options);
  }
}

interface Layer {
  descriptor: Descriptor;
  diffId: Digest;
  name: string;
}

async function writeLayer(
  tar: Pack,
  image: ImageSource,
  { descriptor, diffId, name }: Layer,
  { foreign, scratchFile, signal }: ImageArchiveOptions,
): Promise<void> {
  const { head, whole } = await sniff(await image.openLayer(descriptor, signal));
  const compression = compressionOf(head);
  if (compression !== 'zstd') {
    const sink = tar.entry({ name, size: descriptor.size });
    return checked(whole(), sink, diffId, foreign, signal);
  }
  // Engines learnt zstd late, and a tar archive names the size first.
  const file = `${scratchFile}-${digestHex(diffId).slice(0, 16)}`;
  try {
    await pipeline(whole, decompressor(compression), createWriteStream(file), { signal });
    const sink = tar.entry({ name, size: (await stat(file)).size });
    await checked(createReadStream(file), sink, diffId, foreign, signal);
  } finally {
    await rm(file, { force: true });
  }
}

/** Passes a layer on, and reads it at the same time. */
async function checked(
  layer: AsyncIterable<Buffer | string>,
  sink: NodeJS.WritableStream,
  diffId: Digest,
  foreign: ForeignPrograms,
  signal: AbortSignal,
): Promise<void> {
  const copy = new PassThrough();
  const read = readLayer(copy, diffId, foreign.add.bind(foreign), signal);
  read.catch(() => copy.destroy()); // told below
  const tee = async function* (): AsyncGenerator<Buffer | string> {
    for await (const chunk of layer) {
      if (!copy.destroyed && !copy.write(chunk)) await Promise.race([once(copy, 'drain'), read]);
      yield chunk;
    }
    copy.end();
  };
  await Promise.all([pipeline(Readable.from(tee()), sink, { signal }), read]);
}
