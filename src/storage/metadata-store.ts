/** One stored document with its key. */
export interface Entry<T> {
  key: string;
  value: T;
}

export interface ListOptions {
  /** Only keys that start with this. */
  prefix?: string;
  /** Only keys strictly greater than this. */
  after?: string;
  /** At most this many entries. */
  limit?: number;
}

export type WriteOperation =
  | { kind: 'put'; collection: string; key: string; value: unknown }
  | { kind: 'delete'; collection: string; key: string };

/**
 * JSON documents by collection and key. One process owns a store.
 * A write that has resolved survives `kill -9` and power loss.
 */
export interface MetadataStore {
  get<T>(collection: string, key: string): Promise<T | undefined>;
  put(collection: string, key: string, value: unknown): Promise<void>;
  /** @returns whether there was something to delete. */
  delete(collection: string, key: string): Promise<boolean>;
  /** Entries by ascending key (code unit order). */
  list<T>(collection: string, options?: ListOptions): Promise<Entry<T>[]>;
  /** All of the operations, in order, or none. */
  write(operations: readonly WriteOperation[]): Promise<void>;
  /** Nothing may be called after. */
  close(): Promise<void>;
}
