import type { Clock } from '../base/clock.js';
import type { UserGrant } from './authorization-codes.js';
import { entraErrors } from './entra-error.js';
import type { TokenAuthority } from './token-authority.js';
import { ACCESS_TOKEN_SECONDS, audienceOf, issueAccessToken } from './tokens.js';

/** The person who owns the home. */
export interface HomeUser {
  /** Object id, what role assignments name. */
  objectId: string;
  /** e.g. `'owner@lazurite.localhost'` */
  userPrincipalName: string;
}

/** Who signs in to a home: its owner, with the rights of the home's own principal. */
export function homeUser({ objectId }: { objectId: string }): HomeUser {
  return { objectId, userPrincipalName: 'owner@lazurite.localhost' };
}

const REFRESH_AUDIENCE = 'urn:lazurite:refresh';
/** Ninety days, as Entra's. */
const REFRESH_SECONDS = 90 * 24 * 3600;

export interface UserTokensOptions {
  authority: TokenAuthority;
  tenantId: string;
  user: HomeUser;
  clock: Clock;
}

/** Token responses for a person who signed in. */
export class UserTokens {
  readonly #options: UserTokensOptions;

  constructor(options: UserTokensOptions) {
    this.#options = options;
  }

  /**
   * @param form may ask for another scope than the person signed in for
   * @throws EntraError invalid_scope
   */
  respond(grant: UserGrant, form: URLSearchParams, origin: string): Record<string, unknown> {
    const { authority, tenantId, user, clock } = this.#options;
    const scope = form.get('scope') ?? grant.scope;
    const audience = audienceOf(
      new URLSearchParams({ scope, resource: form.get('resource') ?? '' }),
    );
    const who = { upn: user.userPrincipalName, preferred_username: user.userPrincipalName };
    const now = Math.floor(clock.now().getTime() / 1000);
    return {
      token_type: 'Bearer',
      scope,
      resource: audience,
      expires_in: ACCESS_TOKEN_SECONDS,
      ext_expires_in: ACCESS_TOKEN_SECONDS,
      expires_on: String(now + ACCESS_TOKEN_SECONDS),
      access_token: issueAccessToken(authority, {
        ...{ tenantId, origin, audience, clientId: grant.clientId, objectId: user.objectId },
        idtyp: 'user',
        claims: who,
      }),
      refresh_token: this.#refreshToken(grant.clientId),
      id_token: issueAccessToken(authority, {
        ...{ tenantId, origin, clientId: grant.clientId, objectId: user.objectId },
        audience: grant.clientId,
        idtyp: 'user',
        claims: { ...who, ...(grant.nonce !== undefined && { nonce: grant.nonce }) },
      }),
      client_info: Buffer.from(JSON.stringify({ uid: user.objectId, utid: tenantId })).toString(
        'base64url',
      ),
    };
  }

  /** @throws EntraError invalid_grant */
  readRefresh(token: string, clientId: string): UserGrant {
    const claims = this.#options.authority.verify(token, REFRESH_AUDIENCE);
    if (claims?.['appid'] !== clientId) throw entraErrors.badGrant();
    return { clientId, scope: '' };
  }

  #refreshToken(clientId: string): string {
    const { authority, tenantId, user } = this.#options;
    const content = { iss: tenantId, sub: user.objectId, aud: REFRESH_AUDIENCE, appid: clientId };
    return authority.issue(content, REFRESH_SECONDS);
  }
}
