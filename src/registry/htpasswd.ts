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

/** bcrypt's work doubles with each step of the cost that stands in its hash: `$2b$10$…` → 10. */
function costOf(hash: string): number {
  return Number(/^\$2[aby]\$(\d\d)\$/.exec(hash)?.[1] ?? 0);
}

/** A hash that takes as long to check as any of its cost, and that no password is known to have. */
function dummyHash(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;
}

/**
 * The users of a password file. A refusal takes as long for a name that is not in it as for one that is,
 * whatever the kind and cost of its hash: else time would tell which names to guess passwords for.
 */
export class PasswordFile {
  readonly #users: ReadonlyMap<string, string>;
  readonly #dearest: number;
  /** One check at a time: bcrypt keeps the processor for long, and others want to be answered in between. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param users hashes by name, as {@link parseHtpasswd} reads them */
  constructor(users: Readonly<Record<string, string>>) {
    this.#users = new Map(Object.entries(users));
    this.#dearest = Math.max(0, ...[...this.#users.values()].map(costOf));
  }

  matches(name: string, password: string): Promise<boolean> {
    const check = this.#last.then(() => this.#check(name, password));
    this.#last = check.catch(() => undefined);
    return check;
  }

  async #check(name: string, password: string): Promise<boolean> {
    const hash = this.#users.get(name) ?? '';
    const cost = costOf(hash);
    const fits = Buffer.byteLength(password) <= MAX_BCRYPT_BYTES;
    if (cost === 0 && sameText(sha1Of(password), hash)) return true;
    if (cost > 0 && fits && (await compare(password, hash))) return true;
    if (fits) await this.#idle(password, cost);
    return false;
  }

  /** What is left to do, up to the work of the dearest hash: 2⁸ and another 2⁸ and 2⁹ are 2¹⁰. */
  async #idle(password: string, done: number): Promise<void> {
    if (done === 0 && this.#dearest > 0) await compare(password, dummyHash(this.#dearest));
    for (let cost = done; done > 0 && cost < this.#dearest; cost++) {
      await compare(password, dummyHash(cost));
    }
  }
}

function sha1Of(password: string): string {
  return `{SHA}${createHash('sha1').update(password).digest('base64')}`;
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
