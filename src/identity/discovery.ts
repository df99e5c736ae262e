/** Names under which the authority answers besides the tenant's own id. */
export const SHARED_TENANTS: readonly string[] = ['adfs', 'common', 'organizations'];

/**
 * The OpenID configuration of an authority.
 *
 * @param base e.g. `'https://localhost:7443/adfs'`
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
 */
export function openIdConfiguration(base: string, tenantId: string): Record<string, unknown> {
  const origin = new URL(base).origin;
  return {
    issuer: `${origin}/${tenantId}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_types_supported: ['code', 'id_token'],
    response_modes_supported: ['query', 'form_post'],
    subject_types_supported: ['pairwise'],
    scopes_supported: ['openid', 'profile', 'offline_access'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
  };
}

/** What a multi-tenant client asks before it trusts an authority. */
export function instanceDiscovery(origin: string, tenantId: string): Record<string, unknown> {
  const { host } = new URL(origin);
  return {
    tenant_discovery_endpoint: `${origin}/${tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/**
 * `/metadata/endpoints`: the fields that clients of all ages read, in one object.
 *
 * @param audience what tokens for the resource manager are for
 */
export function cloudMetadata(
  origin: string,
  audience: string,
  tenantId: string,
): Record<string, unknown> {
  return {
    name: 'Lazurite',
    portal: origin,
    portalEndpoint: origin,
    resourceManager: origin,
    gallery: origin,
    galleryEndpoint: origin,
    graph: `${origin}/graph`,
    graphAudience: `${origin}/graph`,
    graphEndpoint: `${origin}/graph`,
    microsoftGraphResourceId: `${origin}/graph`,
    logAnalyticsResourceId: origin,
    azmirrorStorageAccountResourceId: origin,
    authentication: {
      loginEndpoint: `${origin}/adfs`,
      audiences: [audience, origin],
      tenant: tenantId,
      identityProvider: 'ADFS',
    },
    suffixes: {
      acrLoginServer: 'azurecr.io',
      storage: 'core.windows.net',
      keyVaultDns: 'vault.azure.net',
    },
  };
}
