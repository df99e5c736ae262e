import { expect } from 'vitest';
import { TEXT, type RequestShape, type ShapeTable } from './request-shape.js';
import { LOGIN, REFUSED } from './registry-content.js';

/** The client splits it at spaces, commas and equals signs: one space, and none after the comma. */
const CHALLENGE = 'Bearer realm="https://{loginServer}/oauth2/token",service="{loginServer}"';

/** Who signs in with a token instead of a password. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
const EVERY_ACTION = ['pull', 'push', 'metadata_write', 'metadata_read', 'delete'];

/** Which token each command asks for. */
const SCOPES: Record<string, string> = {
  catalogToken: 'registry:catalog:*',
  readToken: 'repository:app:metadata_read',
  writeToken: 'repository:app:metadata_write,metadata_read',
  deleteToken: 'repository:app:delete',
  deleteReadToken: 'repository:app:delete,metadata_read',
  pullToken: 'repository:app:pull',
  pullReadToken: 'repository:app:pull,metadata_read',
  deletedToken: 'repository:app:deleted_read',
  undeleteToken: 'repository:app:deleted_read,deleted_restore',
};

const shapes: RequestShape[] = [
  {
    command: 'acr login: is it there, and how is it opened',
    method: 'GET',
    path: `${LOGIN}/v2/`,
    as: null,
    status: 401,
    reads: { 'www-authenticate': CHALLENGE },
    answer: REFUSED,
  },
  {
    command: 'acr login',
    method: 'POST',
    path: `${LOGIN}/oauth2/exchange`,
    body: new URLSearchParams({
      grant_type: 'access_token',
      service: '{loginServer}',
      tenant: '{tenantId}',
      access_token: '{token}',
    }),
    as: null,
    status: 200,
    answer: { refresh_token: TEXT },
    keeps: { refresh: 'refresh_token' },
  },
  {
    command: 'acr login, where the tenant is ADFS',
    method: 'POST',
    path: `${LOGIN}/oauth2/exchange`,
    body: new URLSearchParams({
      grant_type: 'access_token',
      service: '{loginServer}',
      tenant: 'adfs',
      access_token: '{token}',
    }),
    as: null,
    status: 200,
    answer: { refresh_token: TEXT },
  },
  {
    command: 'acr login, with a token of someone else',
    method: 'POST',
    path: `${LOGIN}/oauth2/exchange`,
    body: new URLSearchParams({
      grant_type: 'access_token',
      service: '{loginServer}',
      tenant: '{tenantId}',
      access_token: 'of someone else',
    }),
    as: null,
    status: 401,
    answer: REFUSED,
  },
  ...Object.entries(SCOPES).map(([place, scope]): RequestShape => ({
    command: `acr repository, acr manifest: a token for ${scope}`,
    method: 'POST',
    path: `${LOGIN}/oauth2/token`,
    body: new URLSearchParams({
      ...{ grant_type: 'refresh_token', service: '{loginServer}', scope },
      refresh_token: '{refresh}',
    }),
    as: null,
    status: 200,
    answer: { access_token: TEXT },
    keeps: { [place]: 'access_token' },
  })),
  {
    command: 'acr repository --username --password',
    method: 'POST',
    path: `${LOGIN}/oauth2/token`,
    body: new URLSearchParams({
      ...{ grant_type: 'password', service: '{loginServer}', scope: 'registry:catalog:*' },
      ...{ username: 'acrshapes', password: '{password}' },
    }),
    as: null,
    status: 200,
    answer: { access_token: TEXT },
  },
  {
    command: 'acr repository, with a token of the registry',
    method: 'POST',
    path: `${LOGIN}/oauth2/token`,
    body: new URLSearchParams({
      ...{ grant_type: 'password', service: '{loginServer}' },
      ...{ scope: 'repository:app:metadata_read', username: 'reader', password: '{tokenPassword}' },
    }),
    as: null,
    status: 200,
    answer: { access_token: TEXT },
  },
  {
    command: 'docker, after acr login: does the password open it',
    method: 'GET',
    path: `${LOGIN}/oauth2/token`,
    query: {
      service: '{loginServer}',
      client_id: 'docker',
      offline_token: 'true',
      account: NOBODY,
    },
    user: `${NOBODY}:{refresh}`,
    status: 200,
    answer: { access_token: TEXT },
  },
  {
    command: 'docker pull, after acr login',
    method: 'GET',
    path: `${LOGIN}/oauth2/token`,
    query: { service: '{loginServer}', scope: 'repository:app:pull' },
    user: `${NOBODY}:{refresh}`,
    status: 200,
    answer: { access_token: TEXT },
  },
  {
    command: 'docker login, with the admin user',
    method: 'GET',
    path: `${LOGIN}/v2/`,
    user: 'acrshapes:{password}',
    status: 200,
  },
  {
    command: 'acr login: does a token of the registry open it',
    method: 'GET',
    path: `${LOGIN}/v2/`,
    as: 'pullToken',
    status: 200,
  },
  {
    command: 'acr check-health --repository: what may I do',
    method: 'POST',
    path: `${LOGIN}/oauth2/token`,
    body: new URLSearchParams({
      ...{ grant_type: 'refresh_token', service: '{loginServer}', refresh_token: '{refresh}' },
      scope: `repository:app:${EVERY_ACTION.join(',')}`,
    }),
    as: null,
    status: 200,
    answer: { access_token: tokenThatAllows(EVERY_ACTION) },
  },
  {
    command: 'acr repository, with a token for something else',
    method: 'GET',
    path: `${LOGIN}/acr/v1/app/_tags`,
    as: 'catalogToken',
    status: 401,
    reads: { 'www-authenticate': TEXT },
    answer: REFUSED,
  },
  {
    command: 'acr check-health: a token for no repository',
    method: 'POST',
    path: `${LOGIN}/oauth2/token`,
    body: new URLSearchParams({
      ...{ grant_type: 'refresh_token', service: '{loginServer}', scope: 'registry:None:*' },
      refresh_token: '{refresh}',
    }),
    as: null,
    status: 200,
    answer: { access_token: TEXT },
  },
];

/** The client reads what is inside. */
function tokenThatAllows(actions: readonly string[]): unknown {
  return expect.toSatisfy((token: string) => {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      access: { actions: string[] }[];
    };
    return actions.every((action) => claims.access[0]?.actions.includes(action));
  });
}

export const registryTokens: ShapeTable = { plane: 'registries: tokens for content', shapes };
