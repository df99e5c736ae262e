import { Failure } from '../../base/failure.js';
import { parseDigest } from '../../oci/digest.js';
import { parsePlatform } from '../../oci/platform.js';
import { parseReference } from '../../oci/reference.js';
import type { DraftSelector } from './edit-draft.js';

/**
 * Reads which entry of an index is meant: `sha256:…`, a platform (`linux/arm64`, `windows(10.0.20348.2227)/amd64`),
 * or the reference it was taken in by, with its tag (`app:v1-arm64`).
 *
 * @throws Failure (exit code 2)
 */
export function parseDraftSelector(text: string): DraftSelector {
  const digest = parseDigest(text);
  if (digest) return { digest };
  const platform = /[:@]/.test(text) ? undefined : parsePlatform(text);
  if (platform) return { platform };
  const reference = parseReference(text);
  if (reference) return { reference };
  throw new Failure(`"${text}" names no entry of an index`, {
    why: 'it is neither a digest nor a platform nor a reference',
    help: 'write sha256:…, linux/arm64, or the name the image was added by, with its tag',
    exitCode: 2,
  });
}
