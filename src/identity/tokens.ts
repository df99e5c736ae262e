import { createHash, timingSafeEqual } from 'node:crypto';
import { entraErrors } from './entra-error.js';
import type { TokenAuthority } from './token-authority.js';

/** Azure's tokens of service principals last about this long. */
export const ACCESS_TOKEN_SECONDS = 3_599;

/** What may ask for tokens: an application or a managed identity. */
export interface Principal {
  clientId: string;
  /** Object id, what role assignments name. */
  objectId: string;
  /** Absent for what has no secret, e.g. a managed identity. */
  clientSecret?: string;
  /** PEM of the certificate that it may sign in with instead, if it has one by now. */
  certificate?: () => string | undefined;
}

/** Finds principals by their application id. */
export type PrincipalLookup = (clientId: string) => Principal | undefined;

export interface AccessTokenRequest {
  tenantId: string;
  /** `'https://localhost:7443'`, as the client addressed the authority. */
  origin: string;
  clientId: string;
  objectId: string;
  audience: string;
  /** `'user'` when a person signed in. */
  idtyp?: 'app' | 'user';
  /** More claims, e.g. `{ upn }`. */
  claims?: Record<string, unknown>;
}

/** Issues an Entra-like access token. */
export function issueAccessToken(authority: TokenAuthority, request: AccessTokenRequest): string {
  const { tenantId, origin, clientId, objectId, audience } = request;
  return authority.issue(
    {
      ...request.claims,
      aud: audience,
      iss: `${origin}/${tenantId}/v2.0`,
      sub: objectId,
      oid: objectId,
      appid: clientId,
      azp: clientId,
      tid: tenantId,
      idtyp: request.idtyp ?? 'app',
      ver: '1.0',
    },
    ACCESS_TOKEN_SECONDS,
  );
}

/**
 * Whom a requested scope is about: `'https://management.azure.com/.default'` → `'https://management.azure.com/'`,
 * `'https://management.core.windows.net//.default'` → `'https://management.core.windows.net/'`.
 *
 * @throws EntraError invalid_scope when no scope names a resource
 */
export function audienceOf(form: URLSearchParams): string {
  const resource = form.get('resource');
  if (resource) return resource;
  const scope = form.get('scope');
  if (!scope) throw entraErrors.missingParameter('scope');
  const named = scope.split(' ').find((item) => item.includes('/'));
  if (named === undefined) throw entraErrors.invalidScope(scope);
  const audience = named.slice(0, named.lastIndexOf('/'));
  // 'https://host/.default' is about 'https://host/', but 'https://host//.default' already has its slash
  return /^[a-z]+:\/\/[^/]+$/i.test(audience) ? `${audience}/` : audience;
}

/** Compares secrets in a time that tells nothing about where they differ. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
