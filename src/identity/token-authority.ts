import { sign, verify, type JsonWebKey } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import { systemClock } from '../base/clock.js';
import { SigningKeys } from './signing-keys.js';

/** What a token says. Times are seconds since the epoch. */
export interface TokenClaims {
  iss: string;
  /** Whom the token is about, e.g. the application id of a service principal. */
  sub: string;
  /** Whom the token is for, e.g. `'https://management.azure.com/'` or a login server. */
  aud: string;
  iat: number;
  exp: number;
  [claim: string]: unknown;
}

/** The claims `issue` is given: everything but `iat` and `exp`, which follow from the clock and the lifetime. */
export interface TokenContent {
  iss: string;
  sub: string;
  aud: string;
  [claim: string]: unknown;
}

/** Signs and checks the tokens of every plane with one key that lives in the home folder. */
export interface TokenAuthority {
  issue(claims: TokenContent, lifetimeSeconds: number): string;
  /** @returns undefined when the signature, the audience or the time is wrong. */
  verify(token: string, audience: string | readonly string[]): TokenClaims | undefined;
}

/** A token authority whose public keys can be published. */
export interface KeyedTokenAuthority extends TokenAuthority {
  /** Public keys as JSON web keys with `kid`, the signing one first. */
  publicKeys(): JsonWebKey[];
  /** Signs with a new key from now on; tokens of the last two keys stay valid. */
  rotate(): void;
}

/** Clocks of a container and its host may differ by this much. */
const SKEW_SECONDS = 5;

/**
 * Tokens are ES256 JSON web tokens; keys are made on first use and kept in `directory`.
 *
 * @param options.directory folder for `token-keys.json`, e.g. `<home>/identity`
 * @throws Failure when the key file is damaged
 */
export function createTokenAuthority(options: {
  directory: string;
  clock?: Clock;
}): KeyedTokenAuthority {
  const clock = options.clock ?? systemClock;
  const keys = new SigningKeys(options.directory);
  const verified = new VerifiedTokens(keys);
  return {
    issue(claims, lifetimeSeconds) {
      const iat = seconds(clock);
      const header = encode({ typ: 'JWT', alg: 'ES256', kid: keys.current.id });
      const payload = encode({ ...claims, iat, nbf: iat, exp: iat + lifetimeSeconds });
      const signature = sign('sha256', Buffer.from(`${header}.${payload}`), {
        key: keys.current.privateKey,
        dsaEncoding: 'ieee-p1363',
      });
      return `${header}.${payload}.${signature.toString('base64url')}`;
    },
    verify(token, audience) {
      const claims = verified.claimsOf(token);
      if (claims === undefined) return undefined;
      const now = seconds(clock);
      if (claims.exp <= now || claims.iat > now + SKEW_SECONDS) return undefined;
      const accepted = typeof audience === 'string' ? [audience] : audience;
      return accepted.includes(claims.aud) ? claims : undefined;
    },
    publicKeys: () =>
      keys.all().map(({ id, publicKey }) => ({
        ...publicKey.export({ format: 'jwk' }),
        kid: id,
        use: 'sig',
        alg: 'ES256',
      })),
    rotate: () => {
      keys.rotate();
      verified.forget();
    },
  };
}

/** As many as there are clients that sign in at a time, and then some. */
const REMEMBERED = 256;

/** Clients show one token at each request: its signature is checked once, its time and audience each time. */
class VerifiedTokens {
  readonly #keys: SigningKeys;
  readonly #claims = new Map<string, TokenClaims>();

  constructor(keys: SigningKeys) {
    this.#keys = keys;
  }

  claimsOf(token: string): TokenClaims | undefined {
    const known = this.#claims.get(token);
    if (known !== undefined) return known;
    const claims = verifySignature(this.#keys, token);
    if (claims === undefined) return undefined;
    if (this.#claims.size >= REMEMBERED) this.#claims.clear();
    this.#claims.set(token, Object.freeze(claims));
    return claims;
  }

  /** A key that is gone must not live on in what it signed. */
  forget(): void {
    this.#claims.clear();
  }
}

/** The claims of a token this home signed, whatever its audience and age; undefined for any other text. */
function verifySignature(keys: SigningKeys, token: string): TokenClaims | undefined {
  const [header, payload, signature, ...more] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  if (more.length > 0) return undefined;
  const { alg, kid } = decode(header) ?? {};
  const key = typeof kid === 'string' && alg === 'ES256' ? keys.find(kid) : undefined;
  if (key === undefined) return undefined;
  const good = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key: key.publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  return good ? toClaims(decode(payload)) : undefined;
}

function toClaims(value: Record<string, unknown> | undefined): TokenClaims | undefined {
  if (value === undefined) return undefined;
  const { iss, sub, aud, iat, exp } = value;
  if (typeof iss !== 'string' || typeof sub !== 'string' || typeof aud !== 'string')
    return undefined;
  if (typeof iat !== 'number' || typeof exp !== 'number') return undefined;
  return { ...value, iss, sub, aud, iat, exp };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined; // not a token of ours; the caller refuses it
  }
}

function seconds(clock: Clock): number {
  return Math.floor(clock.now().getTime() / 1000);
}
