import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { digestHex, digestOf, type Digest } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';

export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

interface Descriptor {
  mediaType: string;
  digest: Digest;
  size: number;
}

/** An image of one platform: the sample program and nothing else. */
export interface SampleImage {
  /** In the layout, e.g. `'amd64'`. */
  tag: string;
  platform: Platform;
  manifest: Descriptor;
  /** Of the manifest, the config and the layer. */
  digests: Digest[];
  diffId: Digest;
  /** File with the layer, not compressed: the root folder of a container. */
  rootfs: string;
  /** File with the config. */
  config: string;
}

/** An OCI layout on disk with images to push. */
export interface Samples {
  layout: string;
  /** Folder of a layout with nothing but that tag, for clients that cannot pick one. */
  layoutOf(tag: string): string;
  images: SampleImage[];
  /** What refers to all images; its tag is `multi`. */
  index: Descriptor;
  /** A document about the first image that names it as its subject; its tag is `sbom`. */
  artifact: Descriptor;
}

export const ARTIFACT_TYPE = 'application/vnd.lazurite.sample.sbom';
export const DOCUMENT = '{"packages":["hello"]}';
export const DOCUMENT_TYPE = 'application/json';

const BINARIES = fileURLToPath(new URL('../../workload/hello/bin/', import.meta.url));
const PLATFORMS: { tag: string; platform: Platform }[] = [
  { tag: 'amd64', platform: { os: 'linux', architecture: 'amd64' } },
  { tag: 'arm64', platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
  { tag: 'arm-v7', platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
];

/** Writes the layout below `directory`. The bytes are the same each time. */
export async function writeSamples(directory: string): Promise<Samples> {
  const layout = join(directory, 'layout');
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  const images: SampleImage[] = [];
  for (const { tag, platform } of PLATFORMS) {
    images.push(await writeImage(layout, directory, tag, platform));
  }
  const index = writeManifest(layout, {
    mediaType: MEDIA_TYPE.ociIndex,
    manifests: images.map(({ manifest, platform }) => ({ ...manifest, platform })),
  });
  const artifact = writeManifest(layout, {
    mediaType: MEDIA_TYPE.ociManifest,
    artifactType: ARTIFACT_TYPE,
    config: writeBlob(layout, 'application/vnd.oci.empty.v1+json', '{}'),
    layers: [writeBlob(layout, DOCUMENT_TYPE, DOCUMENT)],
    subject: images[0]!.manifest,
  });
  const tagged = [
    ...images.map(({ tag, manifest, platform }) => named(tag, { ...manifest, platform })),
    named('multi', index),
    named('sbom', artifact),
  ];
  writeIndexFile(
    layout,
    tagged.map(({ descriptor }) => descriptor),
  );
  for (const { tag, descriptor } of tagged) {
    mkdirSync(join(directory, tag));
    symlinkSync(join(layout, 'blobs'), join(directory, tag, 'blobs'));
    writeIndexFile(join(directory, tag), [descriptor]);
  }
  return { layout, images, index, artifact, layoutOf: (tag) => join(directory, tag) };
}

function writeIndexFile(layout: string, manifests: object[]): void {
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests }),
  );
}

async function writeImage(
  layout: string,
  directory: string,
  tag: string,
  platform: Platform,
): Promise<SampleImage> {
  const tar = await layerOf(readFileSync(join(BINARIES, `hello-linux-${tag}`)));
  const rootfs = join(directory, `${tag}.tar`);
  writeFileSync(rootfs, tar);
  const diffId = digestOf(tar);
  const layer = writeBlob(layout, MEDIA_TYPE.ociLayerGzip, gzipSync(tar));
  const config = writeBlob(
    layout,
    MEDIA_TYPE.ociConfig,
    JSON.stringify({
      created: '2026-01-01T00:00:00Z',
      ...platform,
      config: { Entrypoint: ['/hello'] },
      rootfs: { type: 'layers', diff_ids: [diffId] },
      history: [{ created: '2026-01-01T00:00:00Z', created_by: 'COPY hello /' }],
    }),
  );
  const mediaType = MEDIA_TYPE.ociManifest;
  const manifest = writeManifest(layout, { mediaType, config, layers: [layer] });
  const digests = [manifest.digest, config.digest, layer.digest];
  const configFile = join(layout, 'blobs', 'sha256', digestHex(config.digest));
  return { tag, platform, manifest, digests, diffId, rootfs, config: configFile };
}

async function layerOf(program: Buffer): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'hello', mode: 0o755, mtime: new Date(0) }, program);
  tar.finalize();
  return buffer(tar);
}

function writeManifest(
  layout: string,
  manifest: { mediaType: string } & Record<string, unknown>,
): Descriptor {
  return writeBlob(layout, manifest.mediaType, JSON.stringify({ schemaVersion: 2, ...manifest }));
}

function writeBlob(layout: string, mediaType: string, content: Buffer | string): Descriptor {
  const digest = digestOf(content);
  writeFileSync(join(layout, 'blobs', 'sha256', digestHex(digest)), content);
  return { mediaType, digest, size: Buffer.byteLength(content) };
}

function named(
  tag: string,
  descriptor: Descriptor & { platform?: Platform },
): { tag: string; descriptor: object } {
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  return { tag, descriptor: { ...descriptor, annotations } };
}
