import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Descriptor } from '../oci/descriptor.js';
import { digestOf, type Digest } from '../oci/digest.js';
import type { ImageConfig, ImageExecution } from '../oci/image-config.js';
import { MEDIA_TYPE } from '../oci/media-types.js';
import { formatPlatform, type Platform } from '../oci/platform.js';
import type { RepositoryClient } from '../remote/registry-client.js';
import type { StandIn } from './stand-ins.js';

const LABEL = 'lazurite.stand-in-for';
const PROGRAMS = new URL('../../workload/hello/bin/', import.meta.url);
/** Where gzip notes the system it ran on: "unknown", so that the bytes are the same everywhere. */
const GZIP_SYSTEM = { at: 9, unknown: 255 };

/**
 * Makes the stand-in's images, of the sample program and nothing else, and puts them into `target`; its
 * tag last. The same program gives the same digests.
 *
 * @returns the digest of what the tag names
 */
export async function buildStandIn(standIn: StandIn, target: RepositoryClient): Promise<Digest> {
  const { reference, platforms, index, execution } = standIn;
  const tag = reference.slice(reference.lastIndexOf(':') + 1);
  const manifests: Descriptor[] = [];
  for (const platform of platforms) {
    const { bytes, mediaType } = await makeImage(reference, platform, execution, target);
    if (!index) return (await target.putManifest(tag, mediaType, bytes)).digest;
    const { digest } = await target.putManifest(digestOf(bytes), mediaType, bytes);
    manifests.push({ mediaType, digest, size: bytes.length, platform });
  }
  const mediaType = MEDIA_TYPE.dockerManifestList;
  const bytes = encode({ schemaVersion: 2, mediaType, manifests });
  return (await target.putManifest(tag, mediaType, bytes)).digest;
}

/** Config and layer are in `target` then; the manifest is the caller's to put. */
async function makeImage(
  reference: string,
  platform: Platform,
  execution: ImageExecution,
  target: RepositoryClient,
): Promise<{ mediaType: string; bytes: Buffer }> {
  const tar = await layerOf(reference, platform);
  const gzip = gzipSync(tar);
  gzip[GZIP_SYSTEM.at] = GZIP_SYSTEM.unknown;
  const config: ImageConfig = {
    ...platform,
    created: '1970-01-01T00:00:00Z',
    config: { ...execution, Labels: { [LABEL]: reference } },
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    history: [{ created_by: `lazurite: stand-in for ${reference}` }],
  };
  const layer = await putBlob(target, MEDIA_TYPE.dockerLayerGzip, gzip);
  const configDescriptor = await putBlob(target, MEDIA_TYPE.dockerConfig, encode(config));
  const mediaType = MEDIA_TYPE.dockerManifest;
  const manifest = { schemaVersion: 2, mediaType, config: configDescriptor, layers: [layer] };
  return { mediaType, bytes: encode(manifest) };
}

/** One file: the program, or for a system that it isn't built for, a text that says so. */
async function layerOf(reference: string, platform: Platform): Promise<Buffer> {
  const tar = pack();
  const mtime = new Date(0);
  if (platform.os === 'windows') {
    tar.entry({ name: 'Files/', type: 'directory', mode: 0o755, mtime });
    const text = `Lazurite made this in the place of ${reference}. Nothing in it runs on Windows.\r\n`;
    tar.entry({ name: 'Files/stand-in.txt', mode: 0o644, mtime }, text);
  } else {
    const program = await readFile(new URL(programOf(platform), PROGRAMS));
    tar.entry({ name: 'hello', mode: 0o755, mtime }, program);
  }
  tar.finalize();
  return buffer(tar);
}

/** `'hello-linux-arm-v7'`; the variant that every arm64 machine has is left out. */
function programOf(platform: Platform): string {
  return `hello-${formatPlatform(platform).replace('/arm64/v8', '/arm64').replaceAll('/', '-')}`;
}

async function putBlob(
  target: RepositoryClient,
  mediaType: string,
  bytes: Buffer,
): Promise<Descriptor> {
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  await target.putBlob(descriptor, () => Readable.from([bytes], { objectMode: false }));
  return descriptor;
}

function encode(document: object): Buffer {
  return Buffer.from(JSON.stringify(document));
}
