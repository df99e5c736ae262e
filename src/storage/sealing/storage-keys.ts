import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, Failure, messageOf } from '../../base/failure.js';
import { isJsonObject, type Json } from '../../base/json.js';

/** A key of AES-256-GCM, by the name that sealed values call it. */
export interface StorageKey {
  /** e.g. `'5e0c91d2'` */
  id: string;
  secret: Buffer;
}

const FORMAT = 1;
const KEY_BYTES = 32;
const HELP = 'put the file back from a backup; or start with another home: lazurite up --home DIR';

/**
 * The keys that a home's database is encrypted with: `{ "format": 1, "keys": [{ "id", "secret" }] }`, newest
 * first, mode 0600. Older ones are there only while a rotation is under way.
 */
export class StorageKeys {
  readonly file: string;
  #keys: readonly StorageKey[];

  private constructor(file: string, keys: readonly StorageKey[]) {
    this.file = file;
    this.#keys = keys;
  }

  /**
   * @param expected id of a key that must be there; without one a first key is made
   * @throws Failure when the file is missing though values are sealed, damaged, or of a newer format
   */
  static async open(file: string, expected: string | undefined): Promise<StorageKeys> {
    const keys = read(file);
    if (keys === undefined && expected !== undefined) throw missing(file, expected);
    if (keys !== undefined) {
      chmodSync(file, 0o600); // a copy or a restored backup may have lost it
      return new StorageKeys(file, keys);
    }
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const made = new StorageKeys(file, []);
    made.add();
    return made;
  }

  /** Seals from now on. */
  get current(): StorageKey {
    const [first] = this.#keys;
    if (first === undefined) throw new Error('a key ring has at least one key');
    return first;
  }

  /** Whether a rotation was cut short. */
  get hasOld(): boolean {
    return this.#keys.length > 1;
  }

  find(id: string): StorageKey | undefined {
    return this.#keys.find((key) => key.id === id);
  }

  /** Makes a new current key; on disk when this returns. */
  add(): void {
    const key = { id: randomBytes(4).toString('hex'), secret: randomBytes(KEY_BYTES) };
    this.#save([key, ...this.#keys]);
  }

  /** Forgets all but the current one. */
  dropOld(): void {
    if (this.hasOld) this.#save([this.current]);
  }

  #save(keys: readonly StorageKey[]): void {
    const stored = keys.map(({ id, secret }) => ({ id, secret: secret.toString('base64') }));
    const text = JSON.stringify({ format: FORMAT, keys: stored });
    writeFileSync(`${this.file}.new`, text, { mode: 0o600, flush: true });
    renameSync(`${this.file}.new`, this.file);
    this.#keys = keys;
  }
}

function missing(file: string, expected: string): Failure {
  return new Failure(`the key of this home's database is missing: ${file}`, {
    why: `what the database holds is encrypted with key ${expected}, and can't be read without it`,
    help: HELP,
  });
}

function read(file: string): StorageKey[] | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return parse(text);
  } catch (error) {
    throw new Failure(`the keys in ${file} can't be read`, {
      why: messageOf(error),
      help: HELP,
      cause: error,
    });
  }
}

function parse(text: string): StorageKey[] {
  const stored = JSON.parse(text) as Json;
  if (!isJsonObject(stored) || !Array.isArray(stored['keys'])) throw new Error('it has no keys');
  if (stored['format'] !== FORMAT) {
    throw new Error(`its format is not ${FORMAT}, the one this version knows`);
  }
  const keys = stored['keys'].map(toKey);
  if (keys.length === 0) throw new Error('it has no keys');
  return keys;
}

function toKey(stored: Json): StorageKey {
  if (!isJsonObject(stored)) throw new Error('a key is no object');
  const { id, secret } = stored;
  if (typeof id !== 'string' || typeof secret !== 'string') throw new Error('a key is not text');
  const bytes = Buffer.from(secret, 'base64');
  if (bytes.length !== KEY_BYTES) throw new Error(`key ${id} does not have ${KEY_BYTES} bytes`);
  return { id, secret: bytes };
}
