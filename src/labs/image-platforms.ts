import type { JsonObject } from '../base/json.js';
import { textOf } from '../base/json.js';
import { texts } from './document-values.js';

/** The platform of an entry in an index that is no image but a note about one. */
export const ATTESTATION = 'unknown/unknown';

/** What a registry tells of a manifest without showing it. */
export interface ManifestMetadata {
  /** Empty of one that no tag leads to. */
  tags: readonly string[];
  /** e.g. `'linux/arm64'`; undefined of an index. */
  platform: string | undefined;
}

/** `'linux/arm/v7'`, of an object with these three. */
export function platformName({ os, architecture, variant }: JsonObject): string {
  return [os, architecture, variant].map(textOf).filter(Boolean).join('/');
}

/**
 * Reads an entry of `az acr manifest list-metadata`; undefined of anything else, such as a descriptor in an index,
 * which has no times.
 */
export function manifestMetadata(value: JsonObject): ManifestMetadata | undefined {
  const mediaType = textOf(value['mediaType']);
  if (textOf(value['digest']) === '' || textOf(value['createdTime']) === '') return undefined;
  const isIndex = /(image\.index|manifest\.list)\./.test(mediaType);
  const platform = isIndex ? undefined : platformName(value);
  if (platform === '') return undefined;
  return { tags: texts(value['tags']), platform };
}
