import { parseDigest, type Digest } from '../oci/digest.js';
import { parseRepositoryName, type RepositoryName } from '../oci/reference.js';
import type { BlobStore } from '../storage/blob-store.js';
import type { Identity } from './access.js';
import { refuse } from './errors.js';
import type { Exchange } from './exchange.js';
import type { RegistrySettings } from './registry-host.js';
import type { RegistryStore } from './registry-store.js';

/** Something that happened to an image, for webhooks and metrics. */
export interface RegistryEvent {
  action: 'push' | 'delete';
  repository: string;
  digest: string;
  tag?: string;
  mediaType?: string;
  /** Bytes of the manifest. */
  size?: number;
}

/** What a handler works with. */
export interface RequestContext {
  exchange: Exchange;
  identity: Identity;
  settings: RegistrySettings;
  store: RegistryStore;
  blobs: BlobStore;
  /** To be called before the answer: what is acknowledged has its events on disk. */
  announce(events: readonly RegistryEvent[]): Promise<void>;
}

/** @throws RegistryError NAME_INVALID */
export function requireName(text: string): RepositoryName {
  const name = parseRepositoryName(text);
  if (name === undefined) throw refuse.invalidName(text);
  return name;
}

/** @throws RegistryError REGISTRY_DISALLOWED_OPERATION when a lock keeps everyone from pulling */
export function requireReadable(store: RegistryStore, repository: RepositoryName): void {
  const known = store.repository(repository);
  if (known?.changeableAttributes.readEnabled === false) throw refuse.locked();
}

/** @throws RegistryError DIGEST_INVALID */
export function requireDigest(text: string): Digest {
  const digest = parseDigest(text);
  if (digest === undefined) throw refuse.invalidDigest(text);
  return digest;
}
