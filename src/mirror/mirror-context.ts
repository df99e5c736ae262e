import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { SharedWork } from '../base/shared-work.js';
import type { FetchedManifest, RegistryClient } from '../remote/registry-client.js';
import type { KeptImages } from './kept-images.js';
import type { UpstreamHolds } from './upstream-holds.js';

export interface MirrorClientOptions {
  /** Reaches the registries themselves. */
  network: RegistryClient;
  kept: KeptImages;
  /** Registries that are not mirrored: those of this Lazurite, and others on this machine. */
  isLocal: (registry: string) => boolean;
  clock: Clock;
  logger: Logger;
}

/** What callers who want the same thing at the same time share. */
export interface MirrorContext extends MirrorClientOptions {
  holds: UpstreamHolds;
  manifests: SharedWork<FetchedManifest>;
  /** By repository and digest. */
  blobs: SharedWork<true>;
}
