import { Readable } from 'node:stream';
import type { Descriptor } from '../../../oci/descriptor.js';
import { parseManifest } from '../../../oci/manifest.js';
import { RemoteError, type RepositoryClient } from '../../../remote/registry-client.js';

/** Indexes of indexes are legal, but not endless ones. */
const MAX_NESTING = 8;
/** As many as Azure imports in one go. */
const MAX_MANIFESTS = 50;

/**
 * Copies an image, or an index with every platform, byte for byte: blobs first, children before what
 * names them, so that a copy that fails leaves no tag behind.
 *
 * @param from a tag or digest of the source
 * @param to a tag of the target; undefined leaves the image without one
 * @throws RemoteError from either registry; DocumentError for a manifest that is none
 */
export async function copyImage(
  source: RepositoryClient,
  target: RepositoryClient,
  from: string,
  to: string | undefined,
): Promise<void> {
  const copied = new Set<string>();
  const copyManifest = async (reference: string, name: string | undefined, depth: number) => {
    if (depth > MAX_NESTING || copied.size >= MAX_MANIFESTS) {
      throw new RemoteError('bad-content', `the image has more than ${MAX_MANIFESTS} manifests`);
    }
    const manifest = await source.getManifest(reference);
    copied.add(manifest.digest);
    const parsed = parseManifest(manifest.bytes, manifest.mediaType);
    if (parsed.kind === 'index') {
      for (const child of parsed.index.manifests) {
        if (!copied.has(child.digest)) await copyManifest(child.digest, child.digest, depth + 1);
      }
    } else if (parsed.kind === 'image') {
      for (const blob of [...parsed.manifest.layers, parsed.manifest.config]) {
        await target.putBlob(blob, () => openBlob(source, blob));
      }
    }
    await target.putManifest(name ?? manifest.digest, manifest.mediaType, manifest.bytes);
  };
  await copyManifest(from, to, 0);
}

function openBlob(source: RepositoryClient, blob: Descriptor): Readable {
  return Readable.from(
    (async function* () {
      yield* await source.getBlob(blob);
    })(),
    { objectMode: false },
  );
}
