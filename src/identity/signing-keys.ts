import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, Failure, messageOf } from '../base/failure.js';

/** A key pair on curve P-256, by the name tokens call it. */
export interface SigningKey {
  /** e.g. `'5e0c…'`, the `kid` of a token's header. */
  id: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

interface StoredKey {
  id: string;
  pem: string;
}

/** Retired keys kept so that tokens signed before a rotation stay valid until they expire. */
const KEPT_KEYS = 3;

/**
 * The keys of one home in `token-keys.json` (mode 0600), newest first. The first one signs, all verify.
 *
 * @throws Failure when the file is there but can't be read as keys.
 */
export class SigningKeys {
  readonly #file: string;
  #keys: SigningKey[];

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#file = join(directory, 'token-keys.json');
    this.#keys = readKeys(this.#file);
    if (this.#keys.length === 0) this.rotate();
  }

  get current(): SigningKey {
    const [first] = this.#keys;
    if (first === undefined) throw new Error('a key ring has at least one key');
    return first;
  }

  all(): readonly SigningKey[] {
    return this.#keys;
  }

  find(id: string): SigningKey | undefined {
    return this.#keys.find((key) => key.id === id);
  }

  /** Signs with a new key from now on. */
  rotate(): void {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = { id: randomBytes(16).toString('hex'), privateKey, publicKey };
    this.#keys = [key, ...this.#keys].slice(0, KEPT_KEYS);
    const stored: StoredKey[] = this.#keys.map(({ id, privateKey: secret }) => ({
      id,
      pem: secret.export({ type: 'pkcs8', format: 'pem' }).toString(),
    }));
    const aside = `${this.#file}.new`;
    writeFileSync(aside, JSON.stringify(stored), { mode: 0o600, flush: true });
    renameSync(aside, this.#file);
  }
}

function readKeys(file: string): SigningKey[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  try {
    const stored: unknown = JSON.parse(text);
    if (!Array.isArray(stored)) throw new Error('not a list of keys');
    return stored.map(toKey);
  } catch (error) {
    throw new Failure(`the token keys in ${file} can't be read`, {
      why: messageOf(error),
      help: `rm '${file}'   (tokens handed out so far become invalid)`,
      cause: error,
    });
  }
}

function toKey(stored: unknown): SigningKey {
  if (typeof stored !== 'object' || stored === null || !('id' in stored) || !('pem' in stored)) {
    throw new Error('a key has no id or no pem');
  }
  const { id, pem } = stored;
  if (typeof id !== 'string' || typeof pem !== 'string') throw new Error('a key is not text');
  const privateKey = createPrivateKey(pem);
  return { id, privateKey, publicKey: createPublicKey(privateKey) };
}
