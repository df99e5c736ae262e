import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { jsonBody } from '../arm-error.js';
import { AzError } from '../az-error.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import type { HttpResponse } from '../transport.js';
import { findRegistry, registryName } from './registries.js';
import { registryUser, type RegistryUser } from './registry-user.js';

/** User name that goes with a refresh token. */
export const TOKEN_USER = '00000000-0000-0000-0000-000000000000';
const REGISTRY_SCOPE = 'https://containerregistry.azure.net/.default';
const PAGE_SIZE = 100;

/** What a token is good for, e.g. `'repository:app:metadata_read'` or `'registry:catalog:*'`. */
export type RegistryScope = `repository:${string}:${string}` | `registry:${string}:*`;

interface Challenge {
  realm: URL;
  service: string;
}

/**
 * Exchanges the account's token for the registry's refresh token.
 *
 * @see https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 * @throws AzError when the registry can't be reached or refuses
 */
export async function refreshToken(session: Session, loginServer: string): Promise<string> {
  const { realm, service } = await challengeOf(session, loginServer);
  const response = await postForm(session, new URL('/oauth2/exchange', realm), {
    grant_type: 'access_token',
    service,
    tenant: session.connection.tenantId,
    access_token: await session.token(REGISTRY_SCOPE),
  });
  return tokenIn(response, 'refresh_token', loginServer);
}

/** A token for one scope. @throws AzError when the registry can't be reached or refuses */
export async function accessToken(
  session: Session,
  loginServer: string,
  scope: RegistryScope,
  user: RegistryUser | undefined,
): Promise<string> {
  const { realm, service } = await challengeOf(session, loginServer);
  const url = new URL('/oauth2/token', realm);
  const form: Record<string, string> = user
    ? { service, grant_type: 'password', username: user.name, password: user.password, scope }
    : {
        grant_type: 'refresh_token',
        service: loginServer,
        scope,
        refresh_token: await refreshToken(session, loginServer),
      };
  return tokenIn(await postForm(session, url, form), 'access_token', loginServer);
}

async function challengeOf(session: Session, loginServer: string): Promise<Challenge> {
  const response = await session.http.send({ method: 'GET', url: `https://${loginServer}/v2/` });
  if (response.status === 403) {
    throw new AzError(`Looks like you don't have access to registry '${loginServer}'.`);
  }
  const header = response.headers['www-authenticate'] ?? '';
  const parameters = new Map(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  );
  const realm = parameters.get('realm');
  const service = parameters.get('service');
  if (response.status !== 401 || realm === undefined || service === undefined) {
    throw new AzError(`Registry '${loginServer}' did not issue a challenge.`, {
      advice: [
        'Please refer to https://aka.ms/acr/errors#connectivity_challenge_error for more information.',
      ],
    });
  }
  return { realm: new URL(realm), service };
}

async function postForm(
  session: Session,
  url: URL,
  form: Record<string, string>,
): Promise<HttpResponse> {
  return await session.http.send({
    method: 'POST',
    url: url.href,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
}

function tokenIn(response: HttpResponse, field: string, loginServer: string): string {
  const body = jsonBody(response);
  const token = isJsonObject(body) ? body[field] : undefined;
  if (response.status === 200 && typeof token === 'string') return token;
  throw new AzError(
    `Access to registry '${loginServer}' was denied. Response code: ${response.status}.`,
    { advice: ['Please try running `az login` again to refresh permissions.'] },
  );
}

/** A registry's own API, as one command uses it. */
export interface RegistryClient {
  readonly loginServer: string;
  get(path: string): Promise<JsonObject>;
  /** The same for a show command: what is not there ends these with exit code 3. */
  show(path: string): Promise<JsonObject>;
  /** All items of a paged list under `key`. */
  list(path: string, key: string, options?: { top?: number; orderBy?: string }): Promise<Json[]>;
  /** PATCH or POST of a JSON document. */
  change(method: 'PATCH' | 'POST', path: string, body: JsonObject): Promise<JsonObject>;
  /** @returns undefined when the answer has no body */
  delete(path: string): Promise<Json | undefined>;
  /** The manifest, byte for byte. */
  manifest(repository: string, reference: string): Promise<string>;
}

/** Opens the registry that `--name` or `--registry` names, with a token for `scope`. */
export async function openRegistry(
  session: Session,
  args: ArgumentReader,
  scope: RegistryScope,
  name = args.text('registry'),
): Promise<RegistryClient> {
  const registry = await findRegistry(session, registryName(name), args.optional('resourceGroup'));
  const user = await registryUser(session, args);
  const token = await accessToken(session, registry.loginServer, scope, user);
  return clientOf(session, registry.loginServer, token);
}

interface RegistryRequest {
  query?: Record<string, string>;
  accept?: string;
  body?: JsonObject;
  /** For a show command: what is not there ends it with exit code 3. */
  show?: boolean;
}

function clientOf(session: Session, loginServer: string, token: string): RegistryClient {
  const send = async (
    method: string,
    path: string,
    request: RegistryRequest = {},
  ): Promise<HttpResponse> => {
    const url = new URL(`https://${loginServer}${path}`);
    for (const [key, value] of Object.entries(request.query ?? {}))
      url.searchParams.set(key, value);
    const response = await session.http.send({
      method,
      url: url.href,
      headers: {
        accept: request.accept ?? '*/*',
        authorization: `Bearer ${token}`,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    if (response.status >= 400) throw registryError(method, response, request.show === true);
    return response;
  };
  return {
    loginServer,
    get: async (path) => objectIn(await send('GET', path), path),
    show: async (path) => objectIn(await send('GET', path, { show: true }), path),
    list: async (path, key, options) =>
      await allPages(async (query) => await send('GET', path, { query }), path, key, options),
    change: async (method, path, body) => objectIn(await send(method, path, { body }), path),
    delete: async (path) => jsonBody(await send('DELETE', path)),
    manifest: async (repository, reference) => {
      const path = `/v2/${repository}/manifests/${reference}`;
      const response = await send('GET', path, { accept: MANIFEST_TYPES, show: true });
      return response.body.toString('utf8');
    },
  };
}

const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  '*/*',
].join(', ');

async function allPages(
  get: (query: Record<string, string>) => Promise<HttpResponse>,
  path: string,
  key: string,
  options: { top?: number; orderBy?: string } = {},
): Promise<Json[]> {
  const items: Json[] = [];
  let left = options.top ?? Number.POSITIVE_INFINITY;
  let query: Record<string, string> =
    options.orderBy === undefined ? {} : { orderby: options.orderBy };
  while (left > 0) {
    const size = Math.min(left, PAGE_SIZE);
    const response = await get({ ...query, n: String(size) });
    const page = objectIn(response, path)[key];
    if (Array.isArray(page)) items.push(...page);
    left -= size;
    const link = /<[^>?]*\?([^>]*)>/.exec(String(response.headers['link'] ?? ''))?.[1];
    if (link === undefined) break;
    query = Object.fromEntries(new URLSearchParams(link));
  }
  return items;
}

function objectIn(response: HttpResponse, path: string): JsonObject {
  const body = jsonBody(response);
  if (isJsonObject(body)) return body;
  throw new AzError(`The registry answered no JSON object for ${path}.`);
}

const MESSAGES: Readonly<Record<number, string>> = {
  401: 'Authentication required.',
  404: 'The requested data does not exist.',
  405: 'This operation is not supported.',
  409: 'Failed to request data due to a conflict.',
};

function registryError(method: string, response: HttpResponse, isShow: boolean): AzError {
  const body = jsonBody(response);
  const errors = isJsonObject(body) ? body['errors'] : undefined;
  const first = Array.isArray(errors) ? errors[0] : undefined;
  let message =
    MESSAGES[response.status] ?? `Could not ${method.toLowerCase()} the requested data.`;
  if (isJsonObject(first) && typeof first['message'] === 'string') {
    const detail = first['detail'];
    message = `Error: ${first['message']}`;
    if (typeof detail === 'string') message += ` Detail: ${detail}`;
  }
  if (!message.endsWith('.')) message += '.';
  const correlation = response.headers['x-ms-correlation-request-id'];
  if (typeof correlation === 'string') {
    const now = new Date().toISOString().replace('T', ' ').replace('Z', '000');
    message = `${now} ${message} Correlation ID: ${correlation}.`;
  }
  return new AzError(message, { exitCode: isShow && response.status === 404 ? 3 : 1 });
}
