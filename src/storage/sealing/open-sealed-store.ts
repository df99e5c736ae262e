import { Failure, messageOf } from '../../base/failure.js';
import type { MetadataStore, WriteOperation } from '../metadata-store.js';
import { openSqliteMetadataStore, type SqliteMetadataStore } from '../sqlite-metadata-store.js';
import { openDocument, placeOf, SealedMetadataStore } from './sealed-metadata-store.js';
import { keyIdOf, seal, unseal, type SealedValue } from './sealed-value.js';
import { StorageKeys } from './storage-keys.js';

export interface SealedStoreOptions {
  /** e.g. `'/home/me/.lazurite/metadata.db'` */
  path: string;
  /** e.g. `'/home/me/.lazurite/identity/storage-keys.json'`; made at the first start */
  keyFile: string;
  /** Collections that are not encrypted. */
  clear: readonly string[];
}

/** What the database says of its own encryption. */
interface SealingState {
  /** The key that everything is sealed with. */
  keyId: string;
  /** Tells a wrong key before anything is read or written with it. */
  check: SealedValue;
}

const STATE = 'storage.sealing';
const CHECK = 'lazurite';
const BATCH = 500;

/**
 * Opens a database whose documents are encrypted with AES-256-GCM. One that an earlier version wrote in clear, or
 * whose rotation was cut short, is encrypted first; nothing of the old values stays in the file.
 *
 * @throws Failure when the key is missing or another one, and as `openSqliteMetadataStore` does
 */
export async function openSealedStore(options: SealedStoreOptions): Promise<MetadataStore> {
  const { store, keys } = await open(options);
  return new SealedMetadataStore(store, keys, clearSet(options));
}

/** Encrypts a database that nobody has open with a new key, and forgets the old one. */
export async function rotateStorageKey(options: SealedStoreOptions): Promise<void> {
  const { store, keys } = await open(options);
  try {
    keys.add();
    await resealAll(store, keys, clearSet(options));
  } finally {
    await store.close();
  }
}

async function open(
  options: SealedStoreOptions,
): Promise<{ store: SqliteMetadataStore; keys: StorageKeys }> {
  const store = await openSqliteMetadataStore({ path: options.path });
  try {
    const state = await store.get<SealingState>(STATE, STATE);
    const keys = await StorageKeys.open(options.keyFile, state?.keyId);
    if (state !== undefined) checkKey(state, keys, options);
    if (state?.keyId !== keys.current.id || keys.hasOld)
      await resealAll(store, keys, clearSet(options));
    return { store, keys };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function clearSet({ clear }: SealedStoreOptions): ReadonlySet<string> {
  return new Set([...clear, STATE]);
}

function checkKey(state: SealingState, keys: StorageKeys, options: SealedStoreOptions): void {
  const key = keys.find(state.keyId);
  try {
    if (key === undefined) throw new Error(`${keys.file} holds no key ${state.keyId}`);
    if (unseal(state.check, key, STATE) === CHECK) return;
  } catch (error) {
    throw new Failure(`the key in ${keys.file} is not that of ${options.path}`, {
      why: `the database is encrypted with key ${state.keyId}: ${messageOf(error)}`,
      help: 'put back the key file that belongs to this home; or start with another home: lazurite up --home DIR',
      cause: error,
    });
  }
}

/** A crash half-way is no harm: both keys are there until all is sealed with the new one. */
async function resealAll(
  store: SqliteMetadataStore,
  keys: StorageKeys,
  clear: ReadonlySet<string>,
): Promise<void> {
  for (const collection of await store.collections()) {
    if (!clear.has(collection)) await resealCollection(store, keys, collection);
  }
  const state: SealingState = { keyId: keys.current.id, check: seal(CHECK, keys.current, STATE) };
  await store.put(STATE, STATE, state);
  await store.compact();
  keys.dropOld();
}

async function resealCollection(
  store: MetadataStore,
  keys: StorageKeys,
  collection: string,
): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const options = { limit: BATCH, ...(after === undefined ? {} : { after }) };
    const entries = await store.list<unknown>(collection, options);
    const outdated = entries.filter(({ value }) => keyIdOf(value) !== keys.current.id);
    await store.write(
      outdated.map(({ key, value }): WriteOperation => {
        const text = JSON.stringify(openDocument(value, keys, collection, key));
        const sealed = seal(text, keys.current, placeOf(collection, key));
        return { kind: 'put', collection, key, value: sealed };
      }),
    );
    after = entries.at(-1)?.key;
    if (after === undefined) return;
  }
}
