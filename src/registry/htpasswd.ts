import { createHash } from 'node:crypto';
import { compare, hash } from 'bcryptjs';
import { Failure } from '../base/failure.js';
import { sameText } from './password.js';

/**
 * Reads a password file: `name:hash` a line, with bcrypt hashes (`htpasswd -B`) or SHA-1 ones
 * (`htpasswd -s`, unsalted, only as good as the password).
 *
 * @throws Failure naming the line when it is malformed or of another kind
 */
export function parseHtpasswd(text: string): Record<string, string> {
  const users: Record<string, string> = {};
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    const hash = line.slice(colon + 1).trim();
    if (colon <= 0 || !isSupported(hash)) throw unsupported(at + 1);
    users[line.slice(0, colon)] = hash;
  }
  return users;
}

/** bcrypt looks at no more than 72 bytes; a longer password must not match one that only starts alike. */
const MAX_BCRYPT_BYTES = 72;

export async function matchesHtpasswd(password: string, hash: string): Promise<boolean> {
  if (hash.startsWith('{SHA}')) {
    return sameText(`{SHA}${createHash('sha1').update(password).digest('base64')}`, hash);
  }
  return Buffer.byteLength(password) <= MAX_BCRYPT_BYTES && (await compare(password, hash));
}

/** The hash to put into a password file. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, 10);
}

function isSupported(text: string): boolean {
  return (
    /^\{SHA\}[A-Za-z0-9+/]{27}=$/.test(text) || /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(text)
  );
}

function unsupported(line: number): Failure {
  return new Failure(`line ${line} of the password file is not one that can be checked`, {
    why: 'hashes are bcrypt or {SHA}, one user a line',
    help: 'make the file with: htpasswd -B -c FILE USER',
  });
}
