import { grant, parseScopes, type AccessEntry, type Identity } from './access.js';
import type { Authenticator } from './authenticator.js';
import { unauthorized } from './challenge.js';
import { readDocumentBody } from './document-body.js';
import { RegistryError } from './errors.js';
import type { Exchange } from './exchange.js';
import { parseBasic } from './password.js';

const MAX_FORM_BYTES = 256 * 1024;

/**
 * `GET /oauth2/token`: an access token for the holder of a Basic password or, if the registry lets
 * anyone pull, for anyone.
 *
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/token.md
 */
export async function getToken(exchange: Exchange, authenticator: Authenticator): Promise<void> {
  const asked = exchange.query.getAll('scope').flatMap(parseScopes);
  const authorization = exchange.header('authorization');
  const basic = authorization === undefined ? undefined : parseBasic(authorization);
  if (authorization !== undefined && basic === undefined) throw unauthorized(exchange, undefined);
  const identity =
    basic === undefined
      ? authenticator.anonymous
      : ((await authenticator.checkPassword(basic.username, basic.password)) ??
        authenticator.anyone);
  sendAccessToken(exchange, authenticator, identity, asked);
}

/**
 * `POST /oauth2/token`: the same for a form with `grant_type` `password` or `refresh_token`.
 *
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/oauth.md
 */
export async function postToken(exchange: Exchange, authenticator: Authenticator): Promise<void> {
  const form = await readForm(exchange);
  const asked = form.getAll('scope').flatMap(parseScopes);
  const identity = (await checkGrant(form, authenticator)) ?? authenticator.anyone;
  sendAccessToken(exchange, authenticator, identity, asked);
}

/**
 * `POST /oauth2/exchange`: a refresh token for a token of the resource manager.
 *
 * @see https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 */
export async function exchangeToken(
  exchange: Exchange,
  authenticator: Authenticator,
): Promise<void> {
  const form = await readForm(exchange);
  const grantType = form.get('grant_type') ?? '';
  const refresh = form.get('refresh_token') ?? '';
  const access = form.get('access_token') ?? '';
  let identity: Identity | undefined;
  if (grantType.includes('access_token')) identity = await authenticator.checkArmToken(access);
  else if (grantType !== 'refresh_token') throw unsupportedGrant(grantType);
  // Entra's refresh tokens are opaque; ours, if one is sent, is as good as the token it came from.
  else identity = await authenticator.checkArmToken(refresh);
  if (identity === undefined) throw unauthorized(exchange, undefined);
  const tenant = form.get('tenant') ?? undefined;
  exchange.sendJson(200, { refresh_token: authenticator.tokens.issueRefresh(identity, tenant) });
}

async function checkGrant(
  form: URLSearchParams,
  authenticator: Authenticator,
): Promise<Identity | undefined> {
  const grantType = form.get('grant_type') ?? '';
  switch (grantType) {
    case 'password':
      return authenticator.checkPassword(form.get('username') ?? '', form.get('password') ?? '');
    case 'refresh_token':
      return authenticator.tokens.readRefresh(form.get('refresh_token') ?? '');
    default:
      throw unsupportedGrant(grantType);
  }
}

function sendAccessToken(
  exchange: Exchange,
  authenticator: Authenticator,
  identity: Identity | undefined,
  asked: readonly AccessEntry[],
): void {
  if (identity === undefined) throw unauthorized(exchange, asked[0]);
  const granted = asked.flatMap((entry) => grant(identity.access, entry) ?? []);
  // Who shows no password and may do nothing of what was asked is told to show one.
  if (identity.isAnonymous && asked.length > 0 && granted.length === 0) {
    throw unauthorized(exchange, asked[0]);
  }
  exchange.sendJson(200, { access_token: authenticator.tokens.issueAccess(identity, granted) });
}

function unsupportedGrant(grantType: string): RegistryError {
  return new RegistryError('UNSUPPORTED', {
    status: 400,
    message: `the grant type "${grantType}" is not supported`,
  });
}

async function readForm(exchange: Exchange): Promise<URLSearchParams> {
  const body = await readDocumentBody(exchange, MAX_FORM_BYTES);
  return new URLSearchParams(body.toString('utf8'));
}
