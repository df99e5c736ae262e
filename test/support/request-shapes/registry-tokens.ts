import { TEXT, type RequestShape, type ShapeTable } from './request-shape.js';
import { LOGIN, REFUSED } from './registry-content.js';

/** The client splits it at spaces, commas and equals signs: one space, and none after the comma. */
const CHALLENGE = 'Bearer realm="https://{loginServer}/oauth2/token",service="{loginServer}"';

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

export const registryTokens: ShapeTable = { plane: 'registries: tokens for content', shapes };
