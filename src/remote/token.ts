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
  scope: string;
  credentials: Credentials | undefined;
  /** Where the challenge came from: a realm may not be less safe than that. */
  registryUrl: URL;
  headers: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/**
 * Fetches a bearer token from the realm that a challenge names.
 *
 * @throws RemoteError `unauthorized` or `denied` with the token server's own words.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export async function fetchToken(
  request: TokenRequest,
  send: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<string> {
  const url = realmUrl(request);
  const response = await send({
    method: 'GET',
    url,
    headers: {
      ...request.headers,
      Accept: 'application/json',
      ...(request.credentials && { Authorization: basicAuthorization(request.credentials) }),
    },
    signal: request.signal,
  });
  if (response.status !== 200) throw await refusal({ method: 'GET', url }, response, 'token');
  return readToken(await readAnswer(response, MAX_TOKEN_BYTES), url);
}

function realmUrl({ challenge, scope, registryUrl }: TokenRequest): URL {
  const realm = challenge.parameters.get('realm') ?? '';
  if (!URL.canParse(realm, registryUrl.href)) {
    throw new RemoteError('bad-content', `the registry names no usable token server: "${realm}"`);
  }
  const url = new URL(realm, registryUrl);
  const downgrade = registryUrl.protocol === 'https:' && url.protocol !== 'https:';
  if (downgrade || !/^https?:$/.test(url.protocol)) {
    throw new RemoteError('bad-content', `refusing to send credentials to ${url.origin}`);
  }
  const service = challenge.parameters.get('service');
  if (service) url.searchParams.set('service', service);
  const scopes = new Set([...(challenge.parameters.get('scope') ?? '').split(' '), scope]);
  scopes.delete('');
  for (const one of scopes) url.searchParams.append('scope', one);
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
