import { insertSorted, lowerBound, removeSorted, upperBound } from './sorted-keys.js';
import type { Entry, ListOptions, MetadataStore, WriteOperation } from './metadata-store.js';

interface Collection {
  /** Ascending. */
  keys: string[];
  /** JSON text by key, so that no caller shares an object with the store. */
  documents: Map<string, string>;
}

/** A metadata store that forgets everything at `close`; for tests and throw-away registries. */
export function createMemoryMetadataStore(): MetadataStore {
  return new MemoryMetadataStore();
}

class MemoryMetadataStore implements MetadataStore {
  readonly #collections = new Map<string, Collection>();

  async get<T>(collection: string, key: string): Promise<T | undefined> {
    const text = this.#collections.get(collection)?.documents.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  put(collection: string, key: string, value: unknown): Promise<void> {
    return this.write([{ kind: 'put', collection, key, value }]);
  }

  async delete(collection: string, key: string): Promise<boolean> {
    const stored = this.#collections.get(collection);
    if (!stored?.documents.delete(key)) return false;
    removeSorted(stored.keys, key);
    return true;
  }

  async list<T>(collection: string, options: ListOptions = {}): Promise<Entry<T>[]> {
    const stored = this.#collections.get(collection);
    if (stored === undefined) return [];
    const { prefix = '', after, limit = Number.POSITIVE_INFINITY } = options;
    const fromPrefix = lowerBound(stored.keys, prefix);
    const fromAfter = after === undefined ? 0 : upperBound(stored.keys, after);
    const entries: Entry<T>[] = [];
    for (let index = Math.max(fromPrefix, fromAfter); entries.length < limit; index++) {
      const key = stored.keys[index];
      if (!key?.startsWith(prefix)) break;
      entries.push({ key, value: JSON.parse(stored.documents.get(key) ?? 'null') as T });
    }
    return entries;
  }

  async write(operations: readonly WriteOperation[]): Promise<void> {
    // Every value is serialised before the first change, so that a value that is no JSON changes nothing.
    const texts = operations.map(documentText);
    for (const [index, { kind, collection, key }] of operations.entries()) {
      if (kind === 'delete') await this.delete(collection, key);
      else this.#set(collection, key, texts[index] ?? 'null');
    }
  }

  close(): Promise<void> {
    this.#collections.clear();
    return Promise.resolve();
  }

  #set(name: string, key: string, text: string): void {
    let stored = this.#collections.get(name);
    if (stored === undefined) {
      stored = { keys: [], documents: new Map() };
      this.#collections.set(name, stored);
    }
    insertSorted(stored.keys, key);
    stored.documents.set(key, text);
  }
}

/**
 * The JSON text to store for a `put`; empty for a `delete`.
 *
 * @throws TypeError when the value has no JSON form (undefined, a function, a cycle, a bigint)
 */
export function documentText(operation: WriteOperation): string {
  if (operation.kind === 'delete') return '';
  const text = JSON.stringify(operation.value) as string | undefined;
  if (text === undefined) {
    throw new TypeError(`the value of ${operation.collection}/${operation.key} is not JSON`);
  }
  return text;
}
