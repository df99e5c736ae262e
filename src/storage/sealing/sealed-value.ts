import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { StorageKey } from './storage-keys.js';

/** What stands in the database in place of a document: `{ "sealed": "1.KEY.BASE64" }`. */
export interface SealedValue {
  sealed: string;
}

const ALGORITHM = 'aes-256-gcm';
const FORMAT = '1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a text: format, key id, and base64 of initialisation vector, tag and ciphertext.
 *
 * @param place where it is stored; it opens at no other place
 * @see https://nvlpubs.nist.gov/nistpubs/Legacy/SP/nistspecialpublication800-38d.pdf
 */
export function seal(text: string, key: StorageKey, place: string): SealedValue {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key.secret, iv);
  cipher.setAAD(Buffer.from(place));
  const body = [cipher.update(text, 'utf8'), cipher.final()];
  const bytes = Buffer.concat([iv, cipher.getAuthTag(), ...body]);
  return { sealed: `${FORMAT}.${key.id}.${bytes.toString('base64')}` };
}

/** @throws Error when the key or the place is another, or a byte was changed */
export function unseal(value: SealedValue, key: StorageKey, place: string): string {
  const [format, id, text = ''] = value.sealed.split('.');
  if (format !== FORMAT || id !== key.id) throw new Error(`not sealed with key ${key.id}`);
  const bytes = Buffer.from(text, 'base64');
  const body = bytes.subarray(IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key.secret, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}

/** The id of the key a value is sealed with; undefined when it is not sealed. */
export function keyIdOf(value: unknown): string | undefined {
  return isSealed(value) ? value.sealed.split('.')[1] : undefined;
}

export function isSealed(value: unknown): value is SealedValue {
  if (typeof value !== 'object' || value === null || !('sealed' in value)) return false;
  return typeof value.sealed === 'string' && /^1\.[0-9a-f]+\./.test(value.sealed);
}
