import './lean-wasm.js';
import sqlite from 'node-sqlite3-wasm';
import { Failure } from '../base/failure.js';

export type Database = sqlite.Database;
export type Statements = Record<'get' | 'put' | 'delete' | 'list', sqlite.Statement>;

const SCHEMA_VERSION = 1;
const SCHEMA = `BEGIN;
  CREATE TABLE IF NOT EXISTS documents (
    collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (collection, key)) STRICT, WITHOUT ROWID;
  PRAGMA user_version=${SCHEMA_VERSION};
  COMMIT`;

/** @throws Failure when a newer Lazurite wrote the file */
export function openDatabase(path: string): Database {
  const database = new sqlite.Database(path);
  try {
    // Exclusive before WAL: without it the engine would need shared memory, which it does not have here.
    database.exec('PRAGMA locking_mode=exclusive');
    database.exec('PRAGMA journal_mode=WAL');
    // The engine syncs around checkpoints; that a commit is durable is seen to below, without waiting in it.
    database.exec('PRAGMA synchronous=NORMAL');
    const version = database.get('PRAGMA user_version')?.['user_version'];
    if (version === 0) database.exec(SCHEMA);
    else if (version !== SCHEMA_VERSION) throw newerSchema(path, version);
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

export function prepareStatements(database: Database): Statements {
  return {
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

export function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('metadata column is not text');
  return value;
}
