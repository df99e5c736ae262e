import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { digestOf, type Digest } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';
import type { RepositoryClient } from '../../src/remote/registry-client.js';

/**
 * Pushes the sample workload for linux/amd64 under a tag, which makes its image another than that of other tags.
 *
 * @returns the manifest's digest
 */
export async function pushHello(repository: RepositoryClient, tag: string): Promise<Digest> {
  const { manifest, blobs } = await helloImage(tag);
  for (const bytes of blobs) {
    const descriptor = { mediaType: '', digest: digestOf(bytes), size: bytes.length };
    await repository.putBlob(descriptor, () => Readable.from([bytes]));
  }
  await repository.putManifest(tag, MEDIA_TYPE.ociManifest, manifest);
  return digestOf(manifest);
}

/** @param label what makes one image another */
async function helloImage(label: string): Promise<{ manifest: Buffer; blobs: Buffer[] }> {
  const tar = pack();
  const program = readFileSync(join('workload', 'hello', 'bin', 'hello-linux-amd64'));
  tar.entry({ name: 'hello', mode: 0o755 }, program);
  tar.finalize();
  const layer = await buffer(tar);
  const config = Buffer.from(
    JSON.stringify({
      ...{ os: 'linux', architecture: 'amd64' },
      config: { Entrypoint: ['/hello'], Labels: { label } },
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    }),
  );
  const describe = (mediaType: string, bytes: Buffer): object => ({
    ...{ mediaType, digest: digestOf(bytes), size: bytes.length },
  });
  const manifest = Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType: MEDIA_TYPE.ociManifest },
      config: describe(MEDIA_TYPE.ociConfig, config),
      layers: [describe(MEDIA_TYPE.ociLayer, layer)],
    }),
  );
  return { manifest, blobs: [layer, config] };
}
