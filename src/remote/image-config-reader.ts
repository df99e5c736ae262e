import { buffer } from 'node:stream/consumers';
import type { Descriptor } from '../oci/descriptor.js';
import { DocumentError } from '../oci/document.js';
import { MAX_IMAGE_CONFIG_BYTES, parseImageConfig, type ImageConfig } from '../oci/image-config.js';
import type { ContentReader } from './registry-client.js';

/** @throws DocumentError for a config that is too large, or none; RemoteError */
export async function readImageConfig(
  content: Pick<ContentReader, 'getBlob'>,
  descriptor: Descriptor,
  signal?: AbortSignal,
): Promise<ImageConfig> {
  if (descriptor.size > MAX_IMAGE_CONFIG_BYTES) {
    throw new DocumentError(`image config declares ${descriptor.size} bytes`);
  }
  return parseImageConfig(await buffer(await content.getBlob(descriptor, signal)));
}
