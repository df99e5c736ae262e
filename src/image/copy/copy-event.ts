import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import type { BlobOutcome } from '../../remote/registry-client.js';

/** `foreign`: left where its own address is, since it may not be handed on. */
export type CopiedBlobOutcome = BlobOutcome | 'foreign';

/** What happens while an image is copied, in the order it happens. */
export type CopyEvent =
  | { kind: 'blob-found'; blob: Descriptor }
  /** Bytes read of a blob since the last such event; a retry counts again. */
  | { kind: 'bytes'; blob: Descriptor; count: number }
  | { kind: 'blob-done'; blob: Descriptor; outcome: CopiedBlobOutcome }
  | { kind: 'manifest-done'; digest: Digest; mediaType: string; outcome: 'present' | 'written' };
