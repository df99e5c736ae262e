import { rmdirSync, statfsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { codeOf, Failure, messageOf } from '../base/failure.js';
import { documentText } from './memory-metadata-store.js';
import { LogFile } from './log-file.js';
import type { Entry, ListOptions, MetadataStore, WriteOperation } from './metadata-store.js';
import { claimOwnership, type Ownership } from '../base/owner-file.js';
import {
  openDatabase,
  prepareStatements,
  textOf,
  type Database,
  type Statements,
} from './sqlite-database.js';
import { storageError, StorageFullError } from './storage-error.js';

interface PendingWrite {
  operations: readonly WriteOperation[];
  texts: string[];
  resolve(deleted: number): void;
  reject(error: unknown): void;
}

/** A metadata store in a file, with what its upkeep needs. */
export interface SqliteMetadataStore extends MetadataStore {
  /** Names of the collections that hold something. */
  collections(): Promise<string[]>;
  /** Rewrites the file, so that nothing of deleted and overwritten documents is left in it. */
  compact(): Promise<void>;
}

/** A disk with less free is full: one write may well be larger. */
const LITTLE_SPACE = 4 * 1024 * 1024;

export interface SqliteMetadataOptions {
  /** e.g. `'/home/me/.lazurite/registry/metadata.db'`; its folder is created. */
  path: string;
  /** Makes the write-ahead log durable; tests pass one that fails or waits. */
  log?: Pick<LogFile, 'sync' | 'close'>;
}

/**
 * Opens the metadata of one data folder in one SQLite file with a write-ahead log.
 *
 * @throws Failure when another living process owns the file, or a newer Lazurite wrote it
 */
export async function openSqliteMetadataStore(
  options: SqliteMetadataOptions,
): Promise<SqliteMetadataStore> {
  await mkdir(dirname(options.path), { recursive: true, mode: 0o700 }); // it holds passwords
  const ownership = claimOwnership(`${options.path}.owner`);
  try {
    // The engine locks by creating a folder, which a killed process leaves behind. The owner file says
    // that we are alone, so whatever lies there now is a dead process's.
    removeStaleLock(`${options.path}.lock`);
    const log = options.log ?? new LogFile(`${options.path}-wal`);
    return new SqliteStore(options.path, openDatabase(options.path), ownership, log);
  } catch (error) {
    ownership.release();
    throw error;
  }
}

function removeStaleLock(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/**
 * Writes that arrive while others are being made durable share one transaction: the price of a
 * commit is the sync of the log, and ten concurrent pushes pay it once.
 */
class SqliteStore implements SqliteMetadataStore {
  readonly #path: string;
  readonly #database: Database;
  readonly #ownership: Ownership;
  readonly #statements: Statements;
  readonly #log: Pick<LogFile, 'sync' | 'close'>;
  #pending: PendingWrite[] = [];
  #draining: Promise<void> | undefined;
  #failure: Failure | undefined;
  #closed = false;

  constructor(
    path: string,
    database: Database,
    ownership: Ownership,
    log: Pick<LogFile, 'sync' | 'close'>,
  ) {
    this.#path = path;
    this.#database = database;
    this.#ownership = ownership;
    this.#log = log;
    this.#statements = prepareStatements(database);
  }

  async get<T>(collection: string, key: string): Promise<T | undefined> {
    // Read to its end: one that has given a row and may give more is in progress until its next use, and as long as
    // one is, the engine does not write its log back.
    const [row] = this.#statements.get.all([collection, key]);
    return row && (JSON.parse(textOf(row['value'])) as T);
  }

  put(collection: string, key: string, value: unknown): Promise<void> {
    return this.write([{ kind: 'put', collection, key, value }]);
  }

  async delete(collection: string, key: string): Promise<boolean> {
    return (await this.#enqueue([{ kind: 'delete', collection, key }])) > 0;
  }

  async list<T>(collection: string, options: ListOptions = {}): Promise<Entry<T>[]> {
    const { prefix = '', after = '', limit = -1 } = options;
    if (limit === 0) return [];
    const rows = this.#statements.list.all([collection, prefix, endOf(prefix), after, limit]);
    return rows.map((row) => ({
      key: textOf(row['key']),
      value: JSON.parse(textOf(row['value'])) as T,
    }));
  }

  async write(operations: readonly WriteOperation[]): Promise<void> {
    if (operations.length > 0) await this.#enqueue(operations);
  }

  async collections(): Promise<string[]> {
    const rows = this.#database.all('SELECT DISTINCT collection FROM documents');
    return rows.map(({ collection }) => textOf(collection));
  }

  async compact(): Promise<void> {
    await this.#draining;
    this.#database.exec('VACUUM');
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#draining;
    for (const statement of Object.values(this.#statements)) statement.finalize();
    this.#database.close();
    await this.#log.close();
    this.#ownership.release();
  }

  #enqueue(operations: readonly WriteOperation[]): Promise<number> {
    if (this.#closed) return Promise.reject(new Error('the metadata store is closed'));
    return new Promise((resolve, reject) => {
      // Thrown here, a value without a JSON form rejects this write alone.
      const texts = operations.map(documentText);
      this.#pending.push({ operations, texts, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    await nextTurn(); // what else this turn of the event loop brings comes along
    while (this.#pending.length > 0) await this.#flush();
    this.#draining = undefined;
  }

  async #flush(): Promise<void> {
    const batch = this.#pending;
    this.#pending = [];
    try {
      const deleted = this.#commit(batch);
      await this.#syncLog();
      for (const [index, write] of batch.entries()) write.resolve(deleted[index] ?? 0);
    } catch (error) {
      for (const write of batch) write.reject(error);
    }
  }

  /** @returns how many documents each write has deleted */
  #commit(batch: readonly PendingWrite[]): number[] {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const deleted = batch.map((write) => this.#apply(write));
      this.#database.exec('COMMIT');
      return deleted;
    } catch (error) {
      this.#rollBack();
      throw this.#explain(error);
    }
  }

  /** After a failed sync nobody knows what is on the disk: only a new start, which reads it, may go on. */
  async #syncLog(): Promise<void> {
    try {
      await this.#log.sync();
    } catch (error) {
      this.#failure = new Failure(`the disk did not keep what was written to ${this.#path}`, {
        why: messageOf(error),
        help: 'look after the disk, then start again; what was acknowledged before is kept',
      });
      throw this.#failure;
    }
  }

  #apply({ operations, texts }: PendingWrite): number {
    let deleted = 0;
    for (const [index, { kind, collection, key }] of operations.entries()) {
      if (kind === 'put') this.#statements.put.run([collection, key, texts[index] ?? 'null']);
      else deleted += this.#statements.delete.run([collection, key]).changes;
    }
    return deleted;
  }

  /** The engine says `disk I/O error` for a full disk too. */
  #explain(error: unknown): unknown {
    if (!/disk I\/O error/i.test(messageOf(error))) return storageError(error);
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    return bavail * bsize < LITTLE_SPACE ? new StorageFullError(error) : error;
  }

  #rollBack(): void {
    try {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
    } catch {
      // a full disk has already rolled the transaction back
    }
  }
}

/** The least key above every key with the prefix. SQLite orders text by its UTF-8 bytes. */
function endOf(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
