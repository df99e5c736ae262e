import type { TokenAuthority, TokenClaims } from '../identity/token-authority.js';
import { mayPullAnything, type AccessEntry, type Identity } from './access.js';

const ISSUER = 'Azure Container Registry';
/** As ACR's: three hours, and an hour and a quarter. */
const REFRESH_SECONDS = 3 * 3600;
const ACCESS_SECONDS = 75 * 60;

/** The user name that goes with a refresh token as its password. */
export const TOKEN_USERNAME = '00000000-0000-0000-0000-000000000000';

/** Issues and reads the tokens of one registry. They are good for no other. */
export class RegistryTokens {
  readonly #authority: TokenAuthority;
  readonly #loginServer: () => string;

  constructor(authority: TokenAuthority, loginServer: () => string) {
    this.#authority = authority;
    this.#loginServer = loginServer;
  }

  issueRefresh(identity: Identity, tenant: string | undefined): string {
    const content = {
      iss: ISSUER,
      sub: identity.name,
      aud: this.#loginServer(),
      grant_type: 'refresh_token',
      ...(tenant !== undefined && { tenant }),
      access: identity.access,
    };
    return this.#authority.issue(content, REFRESH_SECONDS);
  }

  issueAccess(identity: Identity, access: readonly AccessEntry[]): string {
    const content = {
      iss: ISSUER,
      sub: identity.name,
      aud: this.#loginServer(),
      grant_type: 'access_token',
      access,
      ...(mayPullAnything(identity.access) && { mount: '*' }),
    };
    return this.#authority.issue(content, ACCESS_SECONDS);
  }

  readRefresh(token: string): Identity | undefined {
    return this.#read(token, 'refresh_token')?.identity;
  }

  /** With the second, since the epoch, at which it ends. */
  readAccess(token: string): { identity: Identity; expires: number } | undefined {
    return this.#read(token, 'access_token');
  }

  #read(token: string, grantType: string): { identity: Identity; expires: number } | undefined {
    const claims = this.#authority.verify(token, this.#loginServer());
    if (claims?.iss !== ISSUER || claims['grant_type'] !== grantType) return undefined;
    const access = readAccessClaim(claims);
    if (access === undefined) return undefined;
    const mountsFromAnywhere = claims['mount'] === '*';
    return { identity: { name: claims.sub, access, mountsFromAnywhere }, expires: claims.exp };
  }
}

function readAccessClaim(claims: TokenClaims): AccessEntry[] | undefined {
  const access: unknown = claims['access'];
  if (!Array.isArray(access)) return undefined;
  return access.every(isAccessEntry) ? access : undefined;
}

function isAccessEntry(value: unknown): value is AccessEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { type, name, actions } = value as Partial<Record<keyof AccessEntry, unknown>>;
  return (
    (type === 'repository' || type === 'registry') &&
    typeof name === 'string' &&
    Array.isArray(actions) &&
    actions.every((action) => typeof action === 'string')
  );
}
