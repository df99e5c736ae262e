import type { Clock } from '../base/clock.js';
import { required, type AuthorizationCodes } from './authorization-codes.js';
import type { DeviceCodes } from './device-codes.js';
import { checkClientAssertion } from './client-assertion.js';
import { entraErrors } from './entra-error.js';
import type { TokenAuthority } from './token-authority.js';
import {
  ACCESS_TOKEN_SECONDS,
  audienceOf,
  issueAccessToken,
  sameSecret,
  type Principal,
  type PrincipalLookup,
} from './tokens.js';
import type { UserTokens } from './user-tokens.js';

/** Form in, token response out. */
export interface TokenEndpoint {
  /**
   * @param authorization the request's header; `Basic` credentials count as the form's
   * @throws EntraError
   */
  token(
    form: URLSearchParams,
    authorization: string | undefined,
    origin: string,
  ): Record<string, unknown>;
}

export interface TokenEndpointOptions {
  authority: TokenAuthority;
  tenantId: string;
  principals: PrincipalLookup;
  codes: AuthorizationCodes;
  devices: DeviceCodes;
  users: UserTokens;
  clock: Clock;
}

/**
 * The token endpoint's grants: a program's own secret, and a person's code, device code or refresh token.
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function createTokenEndpoint(options: TokenEndpointOptions): TokenEndpoint {
  return {
    token(form, authorization, origin) {
      const grant = form.get('grant_type');
      if (!grant) throw entraErrors.missingParameter('grant_type');
      const { codes, devices, users } = options;
      switch (grant) {
        case 'client_credentials':
          return clientCredentials(options, form, authorization, origin);
        case 'authorization_code':
          return users.respond(codes.redeem(form), form, origin);
        case 'device_code': // as it was called before there was a standard
        case 'urn:ietf:params:oauth:grant-type:device_code':
          return users.respond(devices.redeem(form), form, origin);
        case 'refresh_token': {
          const token = required(form, 'refresh_token');
          return users.respond(users.readRefresh(token, required(form, 'client_id')), form, origin);
        }
        default:
          throw entraErrors.unsupportedGrant(grant);
      }
    },
  };
}

function clientCredentials(
  options: TokenEndpointOptions,
  form: URLSearchParams,
  authorization: string | undefined,
  origin: string,
): Record<string, unknown> {
  const principal = authenticate(options, form, authorization, origin);
  const audience = audienceOf(form);
  const now = Math.floor(options.clock.now().getTime() / 1000);
  return {
    token_type: 'Bearer',
    expires_in: ACCESS_TOKEN_SECONDS,
    ext_expires_in: ACCESS_TOKEN_SECONDS,
    expires_on: String(now + ACCESS_TOKEN_SECONDS),
    not_before: String(now),
    resource: audience,
    access_token: issueAccessToken(options.authority, {
      tenantId: options.tenantId,
      origin,
      clientId: principal.clientId,
      objectId: principal.objectId,
      audience,
    }),
  };
}

function authenticate(
  options: TokenEndpointOptions,
  form: URLSearchParams,
  authorization: string | undefined,
  origin: string,
): Principal {
  const basic = basicCredentials(authorization);
  const clientId = basic?.user ?? form.get('client_id');
  if (!clientId) throw entraErrors.missingParameter('client_id');
  const secret = basic?.password ?? form.get('client_secret');
  const assertion = form.get('client_assertion');
  if (!secret && !assertion) throw entraErrors.noCredential();
  const principal = options.principals(clientId);
  if (principal === undefined) throw entraErrors.unknownClient(clientId, options.tenantId);
  if (!secret && assertion) {
    const certificate = principal.certificate?.();
    const now = options.clock.now();
    checkClientAssertion(assertion, { clientId: principal.clientId, origin, certificate, now });
    return principal;
  }
  const expected = principal.clientSecret;
  if (!secret || expected === undefined || !sameSecret(secret, expected)) {
    throw entraErrors.wrongSecret(clientId);
  }
  return principal;
}

function basicCredentials(
  header: string | undefined,
): { user: string; password: string } | undefined {
  const match = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '');
  if (match?.[1] === undefined) return undefined;
  const text = Buffer.from(match[1], 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  // RFC 6749 2.3.1: both halves are form-encoded
  const [user = '', password = ''] = [text.slice(0, colon), text.slice(colon + 1)].map(
    (half) => new URLSearchParams(`v=${half}`).get('v') ?? '',
  );
  return { user, password };
}
