import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { silentLogger, type LogFields, type Logger } from '../../base/logger.js';
import { digestOf, type Digest } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import type { Platform } from '../../oci/platform.js';
import { createRegistryClient } from '../../remote/client.js';
import { MemoryRegistry } from '../../remote/testing/memory-registry.js';
import { openMirror, type Mirror } from '../mirror.js';

/** A mirror in a folder of its own, and a public registry that it can reach, or not. */
export interface MirrorWorld {
  mirror: Mirror;
  upstream: MemoryRegistry;
  /** Where the upstream is; undefined for "nowhere". */
  address: string | undefined;
  warnings: LogFields[];
  /** Opens the mirror again over the same folder. */
  restart(): Promise<void>;
  /** An image of one layer at `repository:tag` of the upstream. */
  publish(repository: string, tag: string, seed: string, platform?: Platform): Published;
  /** An index of images at `repository:tag` of the upstream. */
  publishIndex(repository: string, tag: string, images: readonly Published[]): Digest;
  close(): Promise<void>;
}

export interface Published {
  digest: Digest;
  size: number;
  platform: Platform;
  layer: Buffer;
}

const AMD64: Platform = { os: 'linux', architecture: 'amd64' };

export async function createMirrorWorld(clock: Clock): Promise<MirrorWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'mirror-'));
  const upstream = await MemoryRegistry.start();
  const warnings: LogFields[] = [];
  const logger: Logger = { ...silentLogger, warn: (fields) => warnings.push(fields) };
  const network = createRegistryClient({
    // Nothing listens on port 1.
    resolveEndpoint: () => ({ baseUrl: world.address ?? 'http://127.0.0.1:1' }),
    clock,
  });
  const open = (): Promise<Mirror> =>
    openMirror({
      ...{ directory, network, clock, logger },
      isLocal: (registry) => registry.startsWith('localhost'),
    });
  const world: MirrorWorld = {
    ...{ mirror: await open(), upstream, warnings },
    address: upstream.baseUrl,
    async restart() {
      await world.mirror.close();
      world.mirror = await open();
    },
    publish(repository, tag, seed, platform = AMD64) {
      const layer = Buffer.from(`layer ${seed}`);
      const rootfs = { type: 'layers', diff_ids: [digestOf(layer)] };
      const config = Buffer.from(JSON.stringify({ ...platform, rootfs }));
      for (const blob of [layer, config]) upstream.blobs.set(digestOf(blob), blob);
      const bytes = Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: MEDIA_TYPE.ociManifest,
          config: describe(MEDIA_TYPE.ociConfig, config),
          layers: [describe(MEDIA_TYPE.ociLayer, layer)],
        }),
      );
      put(upstream, repository, tag, MEDIA_TYPE.ociManifest, bytes);
      return { digest: digestOf(bytes), size: bytes.length, platform, layer };
    },
    publishIndex(repository, tag, images) {
      const mediaType = MEDIA_TYPE.ociIndex;
      const manifests = images.map(({ digest, size, platform }) => ({
        ...{ mediaType: MEDIA_TYPE.ociManifest, digest, size, platform },
      }));
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
      return put(upstream, repository, tag, mediaType, bytes);
    },
    async close() {
      await world.mirror.close();
      await upstream.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return world;
}

function describe(mediaType: string, bytes: Buffer) {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

function put(
  { manifests }: MemoryRegistry,
  repository: string,
  tag: string,
  mediaType: string,
  bytes: Buffer,
): Digest {
  const digest = digestOf(bytes);
  for (const name of [tag, digest]) manifests.set(`${repository}/${name}`, { mediaType, bytes });
  return digest;
}
