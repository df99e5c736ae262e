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

/** Signs and checks the tokens of every plane with one key that lives in the home folder. */
export interface TokenAuthority {
  /** @param claims everything but `iat` and `exp`, which follow from the clock and the lifetime */
  issue(claims: Omit<TokenClaims, 'iat' | 'exp'>, lifetimeSeconds: number): string;
  /** @returns undefined when the signature, the audience or the time is wrong. */
  verify(token: string, audience: string | readonly string[]): TokenClaims | undefined;
}
