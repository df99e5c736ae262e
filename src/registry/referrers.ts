import { MEDIA_TYPE } from '../oci/media-types.js';
import {
  requireDigest,
  requireName,
  requireReadable,
  type RequestContext,
} from './request-context.js';

/**
 * `GET /v2/<name>/referrers/<digest>[?artifactType=…]`; an empty list for what nobody refers to.
 *
 * @throws RegistryError NAME_INVALID, DIGEST_INVALID, REGISTRY_DISALLOWED_OPERATION
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export async function getReferrers(
  { exchange, store }: RequestContext,
  route: { repository: string; digest: string },
): Promise<void> {
  const repository = requireName(route.repository);
  const subject = requireDigest(route.digest);
  requireReadable(store, repository);
  const all = await store.referrers(repository, subject);
  const wanted = exchange.query.getAll('artifactType').filter((type) => type !== '');
  const manifests =
    wanted.length === 0
      ? all
      : all.filter(({ artifactType = '' }) => wanted.includes(artifactType));
  const body = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests }),
  );
  const headers = ['Content-Type', MEDIA_TYPE.ociIndex, 'Content-Length', body.length];
  if (wanted.length > 0) headers.push('OCI-Filters-Applied', 'artifactType');
  exchange.send(200, headers, body);
}
