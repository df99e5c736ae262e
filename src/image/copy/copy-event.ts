import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import type { BlobOutcome } from '../../remote/registry-client.js';

/** What happens while an image is copied, in the order it happens. */
export type CopyEvent =
  | { kind: 'blob-found'; blob: Descriptor }
  /** Bytes read of a blob since the last such event; a retry counts again. */
  | { kind: 'bytes'; blob: Descriptor; count: number }
  | { kind: 'blob-done'; blob: Descriptor; outcome: BlobOutcome }
  | { kind: 'manifest-done'; digest: Digest; mediaType: string; outcome: 'present' | 'written' };
