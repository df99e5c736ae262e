import type { Clock } from '../base/clock.js';
import type { TokenAuthority, TokenClaims } from '../identity/token-authority.js';
import {
  FULL_ACCESS,
  PULL_ACCESS,
  SCOPE_ACTION,
  type AccessEntry,
  type Identity,
} from './access.js';
import { PasswordFile } from './htpasswd.js';
import { LruCache } from './lru-cache.js';
import { parseBasic, sameText } from './password.js';
import type { RegistrySettings, RegistryToken } from './registry-host.js';
import { RegistryTokens, TOKEN_USERNAME } from './registry-tokens.js';

/** Audiences of the tokens that Azure's command line and SDKs exchange for a registry's. */
const ARM_AUDIENCES = [
  'https://management.azure.com/',
  'https://management.azure.com',
  'https://management.core.windows.net/',
  'https://management.core.windows.net',
  'https://containerregistry.azure.net/',
  'https://containerregistry.azure.net',
];

/**
 * What a principal of the tenant may do with a registry, from its role assignments.
 * Undefined lets it do nothing.
 */
export type PrincipalAccess = (
  claims: TokenClaims,
  registry: string,
) => Promise<readonly AccessEntry[] | undefined>;

export interface AuthenticatorOptions {
  authority: TokenAuthority;
  clock: Clock;
  principalAccess: PrincipalAccess;
  /** Further audiences of resource manager tokens, e.g. that of this machine's own. */
  armAudiences: readonly string[];
}

/** Outcome of reading `Authorization`. */
export type Authentication =
  | { kind: 'identity'; identity: Identity }
  | { kind: 'anonymous' }
  /** Credentials were given, and they are wrong. */
  | { kind: 'rejected' };

const MAX_CACHED_HEADERS = 1000;
/** How long a password check may be remembered. */
const BASIC_SECONDS = 60;

/** Also of the holder of a token that was given without credentials. */
export const ANONYMOUS_NAME = 'anonymous';

const ANONYMOUS = { name: ANONYMOUS_NAME, isAnonymous: true };

interface CachedIdentity {
  identity: Identity;
  /** Seconds since the epoch. */
  expires: number;
}

/** Finds out who sends a request to one registry. */
export class Authenticator {
  readonly tokens: RegistryTokens;
  readonly #options: AuthenticatorOptions;
  #settings: RegistrySettings;
  #users: PasswordFile | undefined;
  /** By `Authorization` header: checking a signature for every request would cost more than the request. */
  readonly #cache = new LruCache<CachedIdentity>(MAX_CACHED_HEADERS);

  constructor(settings: RegistrySettings, options: AuthenticatorOptions) {
    this.#settings = settings;
    this.#users = settings.htpasswd && new PasswordFile(settings.htpasswd);
    this.#options = options;
    this.tokens = new RegistryTokens(options.authority, () => this.#settings.loginServer);
  }

  /** Passwords that are no longer in the settings stop working at once. */
  configure(settings: RegistrySettings): void {
    this.#settings = settings;
    this.#users = settings.htpasswd && new PasswordFile(settings.htpasswd);
    this.#cache.clear();
  }

  async authenticate(authorization: string | undefined): Promise<Authentication> {
    if (authorization === undefined) return { kind: 'anonymous' };
    const now = this.#options.clock.now().getTime() / 1000;
    const cached = this.#cache.get(authorization);
    if (cached !== undefined && cached.expires > now) {
      return { kind: 'identity', identity: cached.identity };
    }
    const found = await this.#check(authorization, now);
    // Left over from another registry at this address, say: whoever shows nothing may do as much.
    if (found === undefined)
      return { kind: this.#settings.anonymousAccess ? 'anonymous' : 'rejected' };
    this.#cache.set(authorization, found);
    return { kind: 'identity', identity: found.identity };
  }

  /** The admin, a token, a user of the password file, or the holder of a refresh token. */
  async checkPassword(username: string, password: string): Promise<Identity | undefined> {
    if (username === TOKEN_USERNAME) return this.tokens.readRefresh(password);
    const { admin } = this.#settings;
    if (admin.enabled && username.toLowerCase() === admin.username.toLowerCase()) {
      const matches = admin.passwords.map((expected) => sameText(password, expected));
      if (password !== '' && matches.includes(true)) {
        return { name: admin.username, access: FULL_ACCESS };
      }
    }
    const token = this.#settings.tokens?.find(({ name }) => name === username);
    if (token !== undefined) return this.#checkToken(token, password);
    if (!(await this.#users?.matches(username, password))) return undefined;
    return { name: username, access: FULL_ACCESS };
  }

  /** Exchanges a token of the resource manager for an identity at this registry. */
  async checkArmToken(token: string): Promise<Identity | undefined> {
    const { authority, armAudiences, principalAccess } = this.#options;
    const claims = authority.verify(token, [...ARM_AUDIENCES, ...armAudiences]);
    if (claims === undefined) return undefined;
    const access = await principalAccess(claims, this.#settings.name);
    return access && { name: claims.sub, access };
  }

  /** Who everyone is, whatever they show; undefined when credentials count. */
  get anyone(): Identity | undefined {
    return this.#settings.anonymousAccess ? { ...ANONYMOUS, access: FULL_ACCESS } : undefined;
  }

  /** Who someone is that shows no credentials; undefined when the registry demands them. */
  get anonymous(): Identity | undefined {
    const { anyone } = this;
    if (anyone) return anyone;
    if (this.#settings.anonymousPull) return { ...ANONYMOUS, access: PULL_ACCESS };
    return undefined;
  }

  async #check(authorization: string, now: number): Promise<CachedIdentity | undefined> {
    const bearer = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (bearer !== undefined) return this.tokens.readAccess(bearer);
    const basic = parseBasic(authorization);
    if (basic === undefined) return undefined;
    const identity = await this.checkPassword(basic.username, basic.password);
    return identity && { identity, expires: now + BASIC_SECONDS };
  }

  #checkToken(token: RegistryToken, password: string): Identity | undefined {
    const now = this.#options.clock.now();
    const isGood = token.passwords.some(
      ({ value, expiry }) =>
        sameText(password, value) && (expiry === undefined || new Date(expiry) > now),
    );
    if (!token.enabled || !isGood) return undefined;
    const access = token.permissions.map(({ repository, actions }): AccessEntry => {
      const scopes = actions.map((action) => SCOPE_ACTION[action]);
      return { type: 'repository', name: repository, actions: scopes };
    });
    return { name: token.name, access };
  }
}
