import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { RepositoryName } from '../oci/reference.js';
import type { ContentReader } from '../remote/registry-client.js';

/** A repository that blobs can be mounted from. */
export interface BlobOrigin {
  registry: string;
  repository: RepositoryName;
}

/**
 * An image, an index or an artifact where it lies: in a registry, in a layout, in an archive.
 * All failures are `RemoteError`, `DocumentError` or `Failure`. Bytes are verified while they flow.
 */
export interface ImageReader extends ContentReader {
  /** As the user wrote it, for messages. */
  readonly text: string;
  /** What `getManifest` takes for the manifest that was named. */
  readonly root: string;
  /** Undefined where nothing can be mounted from. */
  readonly origin: BlobOrigin | undefined;
  /** What names the manifest as its subject; empty when nothing does. */
  listReferrers(subject: Digest, signal?: AbortSignal): Promise<Descriptor[]>;
  /** Gives back files and temporary space. */
  close(): Promise<void>;
}
