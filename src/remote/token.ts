import { isRecord } from '../oci/document.js';
import { readAnswer, refusal } from './answer.js';
import type { Challenge } from './challenge.js';
import { RemoteError, type Credentials } from './registry-client.js';
import type { HttpRequest, HttpResponse } from './transport.js';

const MAX_TOKEN_BYTES = 1024 * 1024;

export function basicAuthorization(credentials: Credentials): string {
  const pair = `${credentials.username}:${credentials.password}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

export interface TokenRequest {
  challenge: Challenge;
  /** Asked for besides what the challenge names, e.g. `'repository:team/app:pull,push'`. */
  scopes: readonly string[];
  credentials: Credentials | undefined;
  /** Where the challenge came from: a realm may not be less safe than that. */
  registryUrl: URL;
  headers: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/**
 * Fetches a bearer token from the realm that a challenge names: with the password, or by OAuth2 with an
 * identity token.
 *
 * @throws RemoteError `unauthorized` or `denied` with the token server's own words.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 * @see https://distribution.github.io/distribution/spec/auth/oauth/
 */
export async function fetchToken(
  request: TokenRequest,
  send: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<string> {
  const realm = realmUrl(request);
  const identityToken = request.credentials?.identityToken;
  const http =
    identityToken === undefined
      ? getToken(request, realm)
      : postToken(request, realm, identityToken);
  const response = await send(http);
  if (response.status !== 200) throw await refusal(http, response, 'token');
  return readToken(await readAnswer(response, MAX_TOKEN_BYTES), realm);
}

function getToken(request: TokenRequest, realm: URL): HttpRequest {
  const url = new URL(realm);
  const service = request.challenge.parameters.get('service');
  if (service) url.searchParams.set('service', service);
  for (const scope of scopesOf(request)) url.searchParams.append('scope', scope);
  const { credentials } = request;
  return {
    method: 'GET',
    url,
    headers: {
      ...request.headers,
      Accept: 'application/json',
      ...(credentials && { Authorization: basicAuthorization(credentials) }),
    },
    signal: request.signal,
  };
}

function postToken(request: TokenRequest, url: URL, identityToken: string): HttpRequest {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    service: request.challenge.parameters.get('service') ?? '',
    scope: scopesOf(request).join(' '),
    client_id: 'lazurite',
    refresh_token: identityToken,
  });
  const body = Buffer.from(form.toString());
  return {
    method: 'POST',
    url,
    headers: {
      ...request.headers,
      Accept: 'application/json',
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': String(body.length),
    },
    body: () => body,
    signal: request.signal,
  };
}

function scopesOf({ challenge, scopes }: TokenRequest): string[] {
  const all = new Set([...(challenge.parameters.get('scope') ?? '').split(' '), ...scopes]);
  all.delete('');
  return [...all];
}

function realmUrl({ challenge, registryUrl }: TokenRequest): URL {
  const realm = challenge.parameters.get('realm') ?? '';
  if (!URL.canParse(realm, registryUrl.href)) {
    throw new RemoteError('bad-content', `the registry names no usable token server: "${realm}"`);
  }
  const url = new URL(realm, registryUrl);
  const downgrade = registryUrl.protocol === 'https:' && url.protocol !== 'https:';
  if (downgrade || !/^https?:$/.test(url.protocol)) {
    throw new RemoteError('bad-content', `refusing to send credentials to ${url.origin}`);
  }
  return url;
}

function readToken(bytes: Buffer, url: URL): string {
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString('utf8'));
  } catch {
    document = undefined;
  }
  const fields = isRecord(document) ? [document['token'], document['access_token']] : [];
  const token = fields.find((field) => typeof field === 'string' && field !== '');
  if (typeof token !== 'string') {
    throw new RemoteError('bad-content', `${url.origin}${url.pathname} answered without a token`);
  }
  return token;
}
