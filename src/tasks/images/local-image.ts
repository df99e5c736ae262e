import type { BaseImageUse } from '../../build/image-builder.js';
import type { Descriptor } from '../../oci/descriptor.js';

/** An image that one run has built or pulled, and nobody else sees. */
export interface LocalImage {
  layoutDirectory: string;
  /** The image, or the index over several platforms. */
  root: Descriptor;
  /** What it was built on; the one that its last stage starts with comes first. */
  baseImages: readonly BaseImageUse[];
}
