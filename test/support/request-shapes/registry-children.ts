import { listOf, TEXT, type RequestShape, type ShapeTable } from './request-shape.js';
import { REGISTRY } from './registries.js';

const VERSIONS = ['2025-03-01-preview', '2022-02-01-preview'];
const WRITE = VERSIONS.slice(0, 1);
const SCOPE_MAP = `${REGISTRY}/scopeMaps/readers`;
const TOKEN = `${REGISTRY}/tokens/reader`;
const TOKEN_VERSIONS = ['2024-11-01-preview', '2022-02-01-preview'];
const ACTIONS = ['repositories/app/content/read', 'repositories/app/metadata/read'];

const shapes: RequestShape[] = [
  {
    command: 'acr scope-map create; acr token create --repository',
    method: 'PUT',
    path: SCOPE_MAP,
    versions: TOKEN_VERSIONS.slice(0, 1),
    body: { properties: { description: 'who reads', actions: ACTIONS } },
    status: 201,
    answer: { name: 'readers', properties: { actions: ACTIONS, provisioningState: 'Succeeded' } },
  },
  {
    command: 'acr scope-map list',
    method: 'GET',
    path: `${REGISTRY}/scopeMaps`,
    versions: TOKEN_VERSIONS,
    status: 200,
    answer: listOf({ name: '_repositories_pull' }),
  },
  {
    command: 'acr token create',
    method: 'PUT',
    path: TOKEN,
    versions: TOKEN_VERSIONS.slice(0, 1),
    body: { properties: { scopeMapId: SCOPE_MAP, status: 'enabled' } },
    status: 201,
    answer: {
      name: 'reader',
      properties: { scopeMapId: SCOPE_MAP, status: 'enabled', creationDate: TEXT },
    },
  },
  {
    command: 'acr token create; acr token credential generate',
    method: 'POST',
    path: `${REGISTRY}/generateCredentials`,
    versions: TOKEN_VERSIONS,
    body: { tokenId: TOKEN },
    status: 200,
    answer: { username: 'reader', passwords: [{ name: 'password1', value: TEXT }, {}] },
    keeps: { tokenPassword: 'passwords.0.value' },
  },
  {
    command: 'acr token update',
    method: 'PATCH',
    path: TOKEN,
    versions: TOKEN_VERSIONS,
    body: { properties: { status: 'enabled' } },
    status: 200,
    answer: { properties: { status: 'enabled', credentials: { passwords: [{}, {}] } } },
  },
  {
    command: 'acr token list',
    method: 'GET',
    path: `${REGISTRY}/tokens`,
    versions: TOKEN_VERSIONS,
    status: 200,
    answer: { value: [{ name: 'reader' }] },
  },
  {
    command: 'acr webhook create',
    method: 'PUT',
    path: `${REGISTRY}/webhooks/pushed`,
    versions: WRITE,
    body: {
      location: 'koreacentral',
      properties: {
        serviceUri: 'http://127.0.0.1:9/hook',
        actions: ['delete'],
        status: 'enabled',
      },
    },
    status: 201,
    answer: { name: 'pushed', properties: { actions: ['delete'], status: 'enabled' } },
  },
  {
    command: 'acr webhook get-config',
    method: 'POST',
    path: `${REGISTRY}/webhooks/pushed/getCallbackConfig`,
    versions: VERSIONS,
    status: 200,
    answer: { serviceUri: 'http://127.0.0.1:9/hook' },
  },
  {
    command: 'acr webhook delete',
    method: 'DELETE',
    path: `${REGISTRY}/webhooks/pushed`,
    versions: WRITE,
    status: [200, 202],
    polls: 'location',
  },
];

export const registryChildren: ShapeTable = {
  plane: 'registries: scope maps, tokens and webhooks',
  shapes,
};
