import type { Readable } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { BlobOutcome, FetchedManifest } from '../remote/registry-client.js';
import type { BlobOrigin } from './image-reader.js';

/**
 * Where an image is put: blobs first, children before what names them, the name last.
 * All failures are `RemoteError`, `DocumentError` or `Failure`.
 */
export interface ImageWriter {
  /** As the user wrote it, for messages. */
  readonly text: string;
  /** When set, only this manifest may be committed. */
  readonly digest: Digest | undefined;
  hasManifest(digest: Digest, signal?: AbortSignal): Promise<boolean>;
  /**
   * Takes in the bytes that `descriptor` promises, unless they are there.
   *
   * @param open called for each attempt
   * @param origin where the blob could be mounted from
   */
  putBlob(
    descriptor: Descriptor,
    open: () => Promise<Readable>,
    origin?: BlobOrigin,
    signal?: AbortSignal,
  ): Promise<BlobOutcome>;
  /** Stores a manifest under its digest; the name still means what it meant. */
  putManifest(manifest: FetchedManifest, signal?: AbortSignal): Promise<void>;
  /** Gives the name to a manifest that is there; everything it needs must be. */
  commit(root: FetchedManifest, signal?: AbortSignal): Promise<void>;
  /** Gives back temporary space. What was put without a commit may stay, for the next attempt to find. */
  close(): Promise<void>;
}
