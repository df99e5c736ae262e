import type { Descriptor } from '../oci/descriptor.js';
import { parseManifest } from '../oci/manifest.js';
import type { Reference } from '../oci/reference.js';
import type { Digest } from '../oci/digest.js';
import { OciLayout } from './oci-layout.js';
import {
  manifestReference,
  type Credentials,
  type RegistryClient,
  type RepositoryClient,
} from './registry-client.js';

/** Indexes of indexes are legal, but not endless ones. */
const MAX_NESTING = 8;

/**
 * Pushes an image or an index from a layout: blobs first, children before what names them, the tag last,
 * so that a push that fails leaves no tag behind.
 *
 * @throws RemoteError from the registry; DocumentError when the layout is damaged.
 */
export async function pushLayout(
  client: RegistryClient,
  layoutDirectory: string,
  root: Descriptor,
  reference: Reference,
  credentials?: Credentials,
  signal?: AbortSignal,
): Promise<Digest> {
  const layout = await OciLayout.open(layoutDirectory);
  const repository = client.repository(reference.registry, reference.repository, credentials);
  const push = { layout, repository, signal };
  return pushManifest(push, root, manifestReference(reference), 0);
}

interface Push {
  layout: OciLayout;
  repository: RepositoryClient;
  signal: AbortSignal | undefined;
}

async function pushManifest(
  push: Push,
  descriptor: Descriptor,
  reference: string,
  depth: number,
): Promise<Digest> {
  if (depth > MAX_NESTING) throw new Error(`index is nested deeper than ${MAX_NESTING} levels`);
  const bytes = await push.layout.readBlob(descriptor);
  const parsed = parseManifest(bytes, descriptor.mediaType);
  if (parsed.kind === 'index') {
    for (const child of parsed.index.manifests) {
      await pushManifest(push, child, child.digest, depth + 1);
    }
  } else if (parsed.kind === 'image') {
    for (const blob of [...parsed.manifest.layers, parsed.manifest.config]) {
      await push.repository.putBlob(blob, () => push.layout.openBlob(blob), push.signal);
    }
  }
  return push.repository.putManifest(reference, descriptor.mediaType, bytes, push.signal);
}
