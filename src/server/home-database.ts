import { CONTENT_COLLECTIONS } from '../registry/documents.js';
import { createTokenAuthority } from '../identity/token-authority.js';
import {
  openSealedStore,
  rotateStorageKey,
  type SealedStoreOptions,
} from '../storage/sealing/open-sealed-store.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import type { Home } from './home.js';

/**
 * Opens `<home>/metadata.db`. All but the registries' contents is encrypted with the key in
 * `identity/storage-keys.json`, since nearly every kind of resource holds some secret.
 *
 * @throws Failure when another process owns it, or its key is missing or another one
 */
export function openHomeDatabase(home: Home): Promise<MetadataStore> {
  return openSealedStore(describeDatabase(home));
}

/**
 * New keys for the database and for tokens. Tokens that are signed with the last two keys stay valid.
 *
 * @throws Failure when a Lazurite runs in the home
 */
export async function rotateHomeKeys(home: Home): Promise<void> {
  home.claim();
  try {
    await rotateStorageKey(describeDatabase(home));
    createTokenAuthority({ directory: home.path('identity') }).rotate();
  } finally {
    home.release();
  }
}

function describeDatabase(home: Home): SealedStoreOptions {
  return {
    path: home.path('metadata.db'),
    keyFile: home.path('identity', 'storage-keys.json'),
    clear: [...CONTENT_COLLECTIONS, 'loopback-ports'],
  };
}
