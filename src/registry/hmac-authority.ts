import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import type { TokenAuthority, TokenClaims } from '../identity/token-authority.js';

/** A token authority with a key of its own, for tests and for a registry that stands alone. */
export function createHmacAuthority(key: Buffer, clock: Clock): TokenAuthority {
  const sign = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const now = (): number => Math.floor(clock.now().getTime() / 1000);
  return {
    issue(claims, lifetimeSeconds) {
      const iat = now();
      const content = { ...claims, iat, exp: iat + lifetimeSeconds };
      const text = `${HEADER}.${Buffer.from(JSON.stringify(content)).toString('base64url')}`;
      return `${text}.${sign(text).toString('base64url')}`;
    },
    verify(token, audience) {
      const [header, payload = '', signature = '', ...more] = token.split('.');
      if (header !== HEADER || more.length > 0) return undefined;
      const expected = sign(`${header}.${payload}`);
      const given = Buffer.from(signature, 'base64url');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      // Signed with our own key, so it is what `issue` wrote.
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as TokenClaims;
      const accepted = typeof audience === 'string' ? [audience] : audience;
      return claims.exp > now() && accepted.includes(claims.aud) ? claims : undefined;
    },
  };
}

const HEADER = Buffer.from(JSON.stringify({ typ: 'JWT', alg: 'HS256' })).toString('base64url');
