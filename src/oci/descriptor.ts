import type { Digest } from './digest.js';
import type { Platform } from './platform.js';

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md */
export interface Descriptor {
  mediaType: string;
  digest: Digest;
  /** Bytes. */
  size: number;
  /** Only in the entries of an index. */
  platform?: Platform;
  artifactType?: string;
  annotations?: Record<string, string>;
}
