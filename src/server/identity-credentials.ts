import { findAssignedPrincipal } from '../arm/providers/identities/assigned-identity.js';
import type { IdentityCredentials } from '../apps/image-access.js';
import type { TokenAuthority } from '../identity/token-authority.js';
import { issueAccessToken } from '../identity/tokens.js';
import { TOKEN_USERNAME } from '../registry/registry-tokens.js';
import type { MetadataStore } from '../storage/metadata-store.js';

const REGISTRY_AUDIENCE = 'https://containerregistry.azure.net';
const EXCHANGE_MILLISECONDS = 10_000;

/**
 * Signs managed identities in to registries of this machine as the platform does on Azure: an access token of the
 * identity is exchanged for a refresh token of the registry, which looks at the identity's roles. The exchange is
 * a request like anyone's, so that network rules hold for it too.
 *
 * @see https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 */
export function createIdentityCredentials(options: {
  metadata: MetadataStore;
  tokens: TokenAuthority;
  tenantId: string;
  /** Where the registry answers, e.g. `'http://127.0.0.1:5001'`; undefined when it is none of this machine's. */
  baseUrl: (server: string) => string | undefined;
}): IdentityCredentials {
  const { metadata, tokens, tenantId } = options;
  return async ({ assigned, server, identity }) => {
    const baseUrl = options.baseUrl(server);
    const principal = await findAssignedPrincipal(metadata, assigned, identity);
    if (baseUrl === undefined || principal === undefined) return undefined;
    const accessToken = issueAccessToken(tokens, {
      tenantId,
      origin: 'https://localhost',
      clientId: principal.clientId,
      objectId: principal.principalId,
      audience: REGISTRY_AUDIENCE,
    });
    const password = await exchange(`${baseUrl}/oauth2/exchange`, {
      grant_type: 'access_token',
      service: server,
      tenant: tenantId,
      access_token: accessToken,
    });
    return password === undefined ? undefined : { username: TOKEN_USERNAME, password };
  };
}

/** @returns undefined when the registry refuses, e.g. for want of a role */
async function exchange(url: string, form: Record<string, string>): Promise<string | undefined> {
  const answer = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(EXCHANGE_MILLISECONDS),
  });
  const body = (await answer.json()) as { refresh_token?: unknown };
  return typeof body.refresh_token === 'string' ? body.refresh_token : undefined;
}
