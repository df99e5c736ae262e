import { createHash, randomFillSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

export interface Blob {
  file: string;
  digest: string;
  size: number;
}

export interface Image {
  config: Blob;
  layers: Blob[];
  manifest: Blob;
}

/** What is pushed and pulled, on disk before any clock starts. */
export interface Content {
  /** To read, by size: 1, 64 and 512 MiB. */
  blobs: Record<string, Blob>;
  /** Its manifest has 1.5 KB, as that of an image with eight layers. */
  image: Image;
  /** To write; none is like another. */
  uploads: { small: Blob[]; single: Blob[]; parallel: Blob[]; large: Blob[]; chunked: Blob[] };
  images: Image[];
}

export function makeContent(directory: string, quick: boolean): Content {
  mkdirSync(directory, { recursive: true });
  const maker = new Maker(directory);
  const many = (count: number, size: number): Blob[] =>
    Array.from({ length: count }, () => maker.random(size));
  return {
    blobs: {
      '1 MiB': maker.random(MIB),
      '64 MiB': maker.random(64 * MIB),
      '512 MiB': maker.random((quick ? 128 : 512) * MIB),
    },
    image: maker.image(0, 'x'.repeat(600)),
    uploads: {
      small: many(64, MIB),
      single: many(quick ? 1 : 3, 64 * MIB),
      parallel: many(quick ? 4 : 8, 64 * MIB),
      large: many(1, (quick ? 128 : 512) * MIB),
      chunked: many(1, 64 * MIB),
    },
    images: Array.from({ length: 50 }, (_, at) => maker.image(3, `image ${at}`)),
  };
}

class Maker {
  readonly #directory: string;
  #count = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  random(size: number): Blob {
    return this.#write(randomFillSync(Buffer.allocUnsafe(size)));
  }

  image(layerCount: number, note: string): Image {
    const config = this.#write(
      Buffer.from(
        JSON.stringify({
          architecture: 'amd64',
          os: 'linux',
          note,
          rootfs: { type: 'layers', diff_ids: [] },
        }),
      ),
    );
    const layers = Array.from({ length: layerCount }, () => this.random(100_000));
    const describe = (mediaType: string, { digest, size }: Blob): object => ({
      mediaType,
      digest,
      size,
    });
    const manifest = {
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: describe('application/vnd.oci.image.config.v1+json', config),
      layers: layers.map((layer) => describe('application/vnd.oci.image.layer.v1.tar', layer)),
      annotations: { note },
    };
    return { config, layers, manifest: this.#write(Buffer.from(JSON.stringify(manifest))) };
  }

  #write(bytes: Buffer): Blob {
    const file = join(this.#directory, String(++this.#count));
    writeFileSync(file, bytes);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    return { file, digest, size: bytes.length };
  }
}
