import { formatPlatform, type Platform } from '../../oci/platform.js';
import { NO_MATCH_TEXT, wrongPlatformText } from '../../oci/platform/no-match.js';
import type { Puller } from '../targets/image-use.js';

/** A platform that an image does not have. */
export interface Mismatch {
  /** As the target names the image. */
  image: string;
  wanted: Platform;
  kind: 'index' | 'image';
  /** Of a single image. */
  found: Platform | undefined;
}

/** What the puller will say of it, so that the text is found again in its logs. */
export function pullerWords(puller: Puller, mismatch: Mismatch): string {
  return mismatch.kind === 'index' ? noChild(puller, mismatch) : otherPlatform(puller, mismatch);
}

function noChild(puller: Puller, { image, wanted }: Mismatch): string {
  const missing = { wanted, reference: image };
  switch (puller) {
    case 'container-apps':
      return `Container Apps: ${NO_MATCH_TEXT.azure(missing)}`;
    case 'kubernetes':
      return `containerd: failed to pull image "${image}": ${NO_MATCH_TEXT.containerd(missing)}`;
    case 'builder':
      return `buildkit: ${image}: ${NO_MATCH_TEXT.containerd(missing)}`;
    case 'docker':
      return `docker: ${NO_MATCH_TEXT.dockerHost(missing)}`;
  }
}

/** Only Azure refuses a single image of another platform; the others pull it and fail later. */
function otherPlatform(puller: Puller, { image, wanted, found }: Mismatch): string {
  const shown = found ? formatPlatform(found) : 'unknown';
  switch (puller) {
    case 'container-apps':
      return `Container Apps: ${wrongPlatformText(wanted, found)}`;
    case 'kubernetes':
      return 'containerd pulls it, and the container ends with: exec format error';
    case 'builder':
      return `buildkit: Base image ${image} was pulled with platform "${shown}", expected "${formatPlatform(wanted)}" for current build`;
    case 'docker':
      return `docker: The requested image's platform (${shown}) does not match the detected host platform (${formatPlatform(wanted)})`;
  }
}
