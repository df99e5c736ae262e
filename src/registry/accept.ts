import { MEDIA_TYPE } from '../oci/media-types.js';
import { RegistryError } from './errors.js';

/** Types whose clients say that they take them; Docker's own image manifest goes to anyone. */
const NAMED: Readonly<Record<string, string>> = {
  [MEDIA_TYPE.ociManifest]: 'OCI manifest found, but accept header does not support OCI manifests',
  [MEDIA_TYPE.ociIndex]: 'OCI index found, but accept header does not support OCI indexes',
};

/**
 * Whether ACR would serve a manifest of that type to a client that sent that `Accept`. Wildcards do not
 * count: a client that does not name a type would not know what to do with it.
 *
 * @returns what is to be served instead, when the tag of a Docker manifest list is asked for by a client
 *   that knows only single images
 * @throws RegistryError MANIFEST_UNKNOWN with ACR's text
 */
export function negotiate(
  accept: string | undefined,
  mediaType: string,
  byTag: boolean,
): 'as-stored' | 'linux/amd64' {
  const accepted = parseAccept(accept);
  if (accepted.has(mediaType)) return 'as-stored';
  const refusal = NAMED[mediaType];
  if (refusal !== undefined) throw new RegistryError('MANIFEST_UNKNOWN', { message: refusal });
  return mediaType === MEDIA_TYPE.dockerManifestList && byTag ? 'linux/amd64' : 'as-stored';
}

/** The media types of an `Accept` header, without parameters. */
export function parseAccept(header: string | undefined): Set<string> {
  const types = (header ?? '').split(',').map((part) => part.split(';')[0]?.trim() ?? '');
  return new Set(types.map((type) => type.toLowerCase()).filter((type) => type !== ''));
}
