import { sendBlob } from './blob-sender.js';
import { parseRange } from '../http/byte-range.js';
import { refuse, RegistryError } from './errors.js';
import { requireDigest, requireName, type RequestContext } from './request-context.js';

/**
 * `GET` and `HEAD /v2/<name>/blobs/<digest>`, with ranges.
 *
 * @throws RegistryError BLOB_UNKNOWN, NAME_INVALID, DIGEST_INVALID, RANGE_INVALID
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs
 */
export async function getBlob(
  { exchange, store }: RequestContext,
  route: { repository: string; digest: string },
): Promise<void> {
  const repository = requireName(route.repository);
  const digest = requireDigest(route.digest);
  const reader = await store.links.open(store.scope(repository), digest);
  if (reader === undefined) throw refuse.unknownBlob(digest);
  try {
    const { size } = reader;
    const headers = [
      ...['Content-Type', 'application/octet-stream', 'Accept-Ranges', 'bytes'],
      ...['Docker-Content-Digest', digest, 'ETag', `"${digest}"`],
    ];
    const range = parseRange(exchange.header('range'), size);
    if (range === 'unsatisfiable') {
      throw new RegistryError('RANGE_INVALID', {
        message: `the range lies outside of the blob's ${size} bytes`,
        headers: { 'Content-Range': `bytes */${size}` },
      });
    }
    const part = range ?? { first: 0, last: size - 1 };
    headers.push('Content-Length', String(part.last - part.first + 1));
    if (range) headers.push('Content-Range', `bytes ${part.first}-${part.last}/${size}`);
    exchange.start(range ? 206 : 200, headers);
    if (exchange.method === 'HEAD' || size === 0) exchange.response.end();
    else await sendBlob(exchange.response, reader, part);
  } finally {
    reader.close();
  }
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
  const known = store.repository(repository);
  if (known?.changeableAttributes.deleteEnabled === false) throw refuse.locked();
  if (!(await store.links.unlink(store.scope(repository), digest)))
    throw refuse.unknownBlob(digest);
  exchange.sendEmpty(202, ['Docker-Content-Digest', digest]);
}
