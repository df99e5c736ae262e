import { documentText } from '../memory-metadata-store.js';
import type { Entry, ListOptions, MetadataStore, WriteOperation } from '../metadata-store.js';
import { isSealed, seal, unseal, type SealedValue } from './sealed-value.js';
import type { StorageKeys } from './storage-keys.js';

/** Encrypts what it is given and decrypts what it gives. Collections and keys stay as they are. */
export class SealedMetadataStore implements MetadataStore {
  readonly #inner: MetadataStore;
  readonly #keys: StorageKeys;
  readonly #clear: ReadonlySet<string>;

  /** @param clear collections that hold nothing secret, and are read and written too often to be encrypted */
  constructor(inner: MetadataStore, keys: StorageKeys, clear: ReadonlySet<string>) {
    this.#inner = inner;
    this.#keys = keys;
    this.#clear = clear;
  }

  async get<T>(collection: string, key: string): Promise<T | undefined> {
    const value = await this.#inner.get<T | SealedValue>(collection, key);
    return value === undefined ? undefined : this.#open<T>(value, collection, key);
  }

  put(collection: string, key: string, value: unknown): Promise<void> {
    return this.write([{ kind: 'put', collection, key, value }]);
  }

  delete(collection: string, key: string): Promise<boolean> {
    return this.#inner.delete(collection, key);
  }

  async list<T>(collection: string, options?: ListOptions): Promise<Entry<T>[]> {
    const entries = await this.#inner.list<T | SealedValue>(collection, options);
    return entries.map(({ key, value }) => ({ key, value: this.#open<T>(value, collection, key) }));
  }

  async write(operations: readonly WriteOperation[]): Promise<void> {
    await this.#inner.write(operations.map((operation) => this.#seal(operation)));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #seal(operation: WriteOperation): WriteOperation {
    const { kind, collection, key } = operation;
    if (kind === 'delete' || this.#clear.has(collection)) return operation;
    const value = seal(documentText(operation), this.#keys.current, placeOf(collection, key));
    return { kind, collection, key, value };
  }

  #open<T>(value: T | SealedValue, collection: string, key: string): T {
    return openDocument(value, this.#keys, collection, key);
  }
}

/** A document as it was put; one that an earlier version left unencrypted is given as it is. */
export function openDocument<T>(
  value: T | SealedValue,
  keys: StorageKeys,
  collection: string,
  key: string,
): T {
  if (!isSealed(value)) return value;
  const id = value.sealed.split('.')[1] ?? '';
  const secret = keys.find(id);
  if (secret === undefined) throw new Error(`${collection} is sealed with unknown key ${id}`);
  return JSON.parse(unseal(value, secret, placeOf(collection, key))) as T;
}

/** What a value is bound to: it does not open as another document. */
export function placeOf(collection: string, key: string): string {
  return `${collection}\0${key}`;
}
