import { parseRange, type ByteRange } from '../http/byte-range.js';
import type { Digest } from '../oci/digest.js';
import { sendBlob } from './blob-sender.js';
import type { Exchange } from './exchange.js';
import { refuse, RegistryError } from './errors.js';
import { deleteBlobLink } from './manifest-remover.js';
import {
  requireDigest,
  requireName,
  requireReadable,
  type RequestContext,
} from './request-context.js';

interface BlobRoute {
  repository: string;
  digest: string;
}

/**
 * `GET /v2/<name>/blobs/<digest>`, with ranges.
 *
 * @throws RegistryError BLOB_UNKNOWN, NAME_INVALID, DIGEST_INVALID, RANGE_INVALID,
 *   REGISTRY_DISALLOWED_OPERATION
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs
 */
export async function getBlob(
  { exchange, store }: RequestContext,
  route: BlobRoute,
): Promise<void> {
  const repository = requireName(route.repository);
  const digest = requireDigest(route.digest);
  requireReadable(store, repository);
  const reader = await store.links.open(store.scope(repository), digest);
  if (reader === undefined) throw refuse.unknownBlob(digest);
  try {
    const part = startAnswer(exchange, digest, reader.size);
    if (part === undefined || reader.size === 0) exchange.response.end();
    else await sendBlob(exchange.response, reader, part);
  } finally {
    reader.close();
  }
}

/** `HEAD` of the same. Nothing is opened: who asks has not read what a push left outside of the page cache. */
export async function headBlob(
  { exchange, store }: RequestContext,
  route: BlobRoute,
): Promise<void> {
  const repository = requireName(route.repository);
  const digest = requireDigest(route.digest);
  requireReadable(store, repository);
  const blob = await store.links.stat(store.scope(repository), digest);
  if (blob === undefined) throw refuse.unknownBlob(digest);
  startAnswer(exchange, digest, blob.size);
  exchange.response.end();
}

/** Writes the head of the answer. @returns the part of the blob to send; none when the client has it */
function startAnswer(exchange: Exchange, digest: Digest, size: number): ByteRange | undefined {
  const tag = `"${digest}"`;
  if (exchange.header('if-none-match')?.includes(tag)) {
    exchange.start(304, ['Docker-Content-Digest', digest, 'ETag', tag]);
    return undefined;
  }
  // A part of another content than the client has the rest of would be worth nothing.
  const isSame = (exchange.header('if-range') ?? tag) === tag;
  const range = isSame ? parseRange(exchange.header('range'), size) : undefined;
  if (range === 'unsatisfiable') {
    throw new RegistryError('RANGE_INVALID', {
      message: `the range lies outside of the blob's ${size} bytes`,
      headers: { 'Content-Range': `bytes */${size}` },
    });
  }
  const part = range ?? { first: 0, last: size - 1 };
  exchange.start(range ? 206 : 200, [
    ...['Content-Type', 'application/octet-stream', 'Accept-Ranges', 'bytes'],
    ...['Docker-Content-Digest', digest, 'ETag', tag],
    ...['Content-Length', String(part.last - part.first + 1)],
    ...(range ? ['Content-Range', `bytes ${part.first}-${part.last}/${size}`] : []),
  ]);
  return part;
}

/**
 * `DELETE /v2/<name>/blobs/<digest>`: the repository lets go of the blob; the file goes when nobody
 * holds it any more.
 *
 * @throws RegistryError BLOB_UNKNOWN, REGISTRY_DISALLOWED_OPERATION
 */
export async function deleteBlob(
  { exchange, store }: RequestContext,
  route: { repository: string; digest: string },
): Promise<void> {
  const repository = requireName(route.repository);
  const digest = requireDigest(route.digest);
  await deleteBlobLink(store, repository, digest);
  exchange.sendEmpty(202, ['Docker-Content-Digest', digest]);
}
