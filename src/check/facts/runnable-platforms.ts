import type { Descriptor } from '../../oci/descriptor.js';
import { formatPlatformInFull, isRunnablePlatform, type Platform } from '../../oci/platform.js';

/** Whether an entry stands for an image that runs somewhere; attestations and signatures do not. */
export function isRunnableEntry(entry: Descriptor): boolean {
  if (entry.artifactType !== undefined || isAttestation(entry)) return false;
  return entry.platform === undefined || isRunnablePlatform(entry.platform);
}

/** BuildKit's attestation manifests: `unknown/unknown` entries with an annotation. */
export function isAttestation({ annotations, platform }: Descriptor): boolean {
  return (
    annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' ||
    (platform !== undefined && !isRunnablePlatform(platform))
  );
}

/** The platforms that entries declare, each once, in their order. */
export function runnablePlatforms(entries: readonly Descriptor[]): Platform[] {
  const found = new Map<string, Platform>();
  for (const entry of entries) {
    const { platform } = entry;
    if (!platform || platform.os === '' || !isRunnableEntry(entry)) continue;
    const key = formatPlatformInFull(platform);
    if (!found.has(key)) found.set(key, platform);
  }
  return [...found.values()];
}
