import { Failure } from '../../base/failure.js';
import type { Digest } from '../../oci/digest.js';
import type { Platform } from '../../oci/platform.js';
import type { ImageReader } from '../image-reader.js';
import type { ImageWriter } from '../image-writer.js';
import type { CopiedBlobOutcome, CopyEvent } from './copy-event.js';
import { chooseRoot } from './choose-root.js';
import { Transfer } from './transfer.js';

export interface CopyOptions {
  /** Only these; all when absent. An index is then rewritten. */
  platforms?: readonly Platform[];
  /** Also what names the images as its subject: signatures, attestations, documents. */
  referrers?: boolean;
  /** Transfers at a time. */
  concurrency?: number;
  maxManifests?: number;
  onEvent?: (event: CopyEvent) => void;
  signal?: AbortSignal | undefined;
}

/** What a copy came to. */
export interface CopyResult {
  digest: Digest;
  mediaType: string;
  /** Bytes of the manifest. */
  size: number;
  /** Of the index that was rewritten for a choice of platforms; absent when bytes are as they were. */
  rewrittenFrom?: Digest;
  /** How many had to be stored, and how many were there. */
  manifests: { written: number; present: number };
  blobs: Record<CopiedBlobOutcome, number>;
  /** Manifests among these that came as referrers. */
  referrers: number;
  /** Of the blobs written. */
  bytes: number;
}

const DEFAULT_CONCURRENCY = 4;
/** A list of images may be long, but a copy has to end. */
const DEFAULT_MAX_MANIFESTS = 50_000;

/**
 * Copies an image, or an index with every platform, byte for byte: blobs first, children before what names
 * them, the name last, so that a copy that fails changes nothing that has a name. What is there already is
 * not sent again, so a copy that was cut off goes on where it was.
 *
 * @throws RemoteError from either side; DocumentError for documents that are not what they claim;
 *   PlatformMismatchError for a platform that is not there
 */
export async function copyImage(
  reader: ImageReader,
  writer: ImageWriter,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const { platforms = [], signal } = options;
  const { root, original } = await chooseRoot(reader, platforms, signal);
  if (writer.digest !== undefined && writer.digest !== root.digest) {
    throw new Failure(`${writer.text} names another image`, {
      why: `what would be copied is ${root.digest}`,
      help: 'name the destination by a tag',
    });
  }
  const transfer = new Transfer(reader, writer, {
    referrers: options.referrers ?? false,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    maxManifests: options.maxManifests ?? DEFAULT_MAX_MANIFESTS,
    onEvent: options.onEvent ?? (() => undefined),
    signal,
  });
  const counts = await transfer.run(root);
  await writer.commit(root, signal);
  return {
    digest: root.digest,
    mediaType: root.mediaType,
    size: root.bytes.length,
    ...(root !== original && { rewrittenFrom: original.digest }),
    ...counts,
  };
}
