import './lean-wasm.js';
import { existsSync, rmdirSync, statfsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, Failure, messageOf } from '../base/failure.js';
import sqlite from 'node-sqlite3-wasm';
import { documentText } from './memory-metadata-store.js';
import type { Entry, ListOptions, MetadataStore, WriteOperation } from './metadata-store.js';
import { claimOwnership, type Ownership } from './owner-file.js';
import { storageError, StorageFullError } from './storage-error.js';

type Database = sqlite.Database;
type Statement = sqlite.Statement;

interface PendingWrite {
  operations: readonly WriteOperation[];
  texts: string[];
  resolve(deleted: number): void;
  reject(error: unknown): void;
}

const SCHEMA_VERSION = 1;
/** A disk with less free is full: one write may well be larger. */
const LITTLE_SPACE = 4 * 1024 * 1024;

/**
 * Opens the metadata of one data folder in one SQLite file (write-ahead log, `synchronous=FULL`).
 *
 * @param options.path e.g. `'/home/me/.lazurite/registry/metadata.db'`; its folder is created
 * @throws Failure when another living process owns the file, or a newer Lazurite wrote it
 */
export async function openSqliteMetadataStore(options: { path: string }): Promise<MetadataStore> {
  await mkdir(dirname(options.path), { recursive: true, mode: 0o700 }); // it holds passwords
  const ownership = claimOwnership(`${options.path}.owner`);
  try {
    // The engine locks by creating a folder, which a killed process leaves behind. The owner file says
    // that we are alone, so whatever lies there now is a dead process's.
    removeStaleLock(`${options.path}.lock`);
    return new SqliteMetadataStore(options.path, openDatabase(options.path), ownership);
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

function openDatabase(path: string): Database {
  const isNew = !existsSync(path);
  const database = new sqlite.Database(path);
  try {
    // Exclusive before WAL: without it the engine would need shared memory, which it does not have here.
    database.exec('PRAGMA locking_mode=exclusive');
    database.exec('PRAGMA journal_mode=WAL');
    database.exec('PRAGMA synchronous=FULL');
    if (isNew) database.exec(`PRAGMA user_version=${SCHEMA_VERSION}`);
    const version = database.get('PRAGMA user_version')?.['user_version'];
    if (version !== SCHEMA_VERSION && version !== 0) throw newerSchema(path, version);
    database.exec(`CREATE TABLE IF NOT EXISTS documents (
      collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (collection, key)) STRICT, WITHOUT ROWID`);
    database.exec(`PRAGMA user_version=${SCHEMA_VERSION}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function newerSchema(path: string, version: unknown): Failure {
  return new Failure(
    `${path} has format ${String(version)}; this version knows ${SCHEMA_VERSION}`,
    {
      why: 'a newer version wrote it',
      help: 'use that version, or another data folder',
    },
  );
}

/**
 * Writes that arrive while another is being made durable share one transaction: the price of a
 * commit is the fsync, and ten concurrent pushes pay it once.
 */
class SqliteMetadataStore implements MetadataStore {
  readonly #path: string;
  readonly #database: Database;
  readonly #ownership: Ownership;
  readonly #statements: Record<'get' | 'put' | 'delete' | 'list', Statement>;
  #pending: PendingWrite[] = [];
  #closed = false;

  constructor(path: string, database: Database, ownership: Ownership) {
    this.#path = path;
    this.#database = database;
    this.#ownership = ownership;
    this.#statements = {
      get: database.prepare('SELECT value FROM documents WHERE collection = ? AND key = ?'),
      put: database.prepare(
        `INSERT INTO documents VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET value = excluded.value`,
      ),
      delete: database.prepare('DELETE FROM documents WHERE collection = ? AND key = ?'),
      list: database.prepare(
        `SELECT key, value FROM documents
         WHERE collection = ? AND key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?`,
      ),
    };
  }

  async get<T>(collection: string, key: string): Promise<T | undefined> {
    const row = this.#statements.get.get([collection, key]);
    return row === null ? undefined : (JSON.parse(textOf(row['value'])) as T);
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

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#flush();
    this.#closed = true;
    for (const statement of Object.values(this.#statements)) statement.finalize();
    this.#database.close();
    this.#ownership.release();
    return Promise.resolve();
  }

  #enqueue(operations: readonly WriteOperation[]): Promise<number> {
    if (this.#closed) return Promise.reject(new Error('the metadata store is closed'));
    return new Promise((resolve, reject) => {
      // Thrown here, a value without a JSON form rejects this write alone.
      const texts = operations.map(documentText);
      this.#pending.push({ operations, texts, resolve, reject });
      if (this.#pending.length === 1)
        setImmediate(() => {
          this.#flush();
        });
    });
  }

  #flush(): void {
    const batch = this.#pending;
    this.#pending = [];
    if (batch.length === 0) return;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const deleted = batch.map((write) => this.#apply(write));
      this.#database.exec('COMMIT');
      for (const [index, write] of batch.entries()) write.resolve(deleted[index] ?? 0);
    } catch (error) {
      this.#rollBack();
      const reason = this.#explain(error);
      for (const write of batch) write.reject(reason);
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

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('metadata column is not text');
  return value;
}
