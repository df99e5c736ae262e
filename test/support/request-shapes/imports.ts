import { TEXT, type RequestShape, type ShapeTable } from './request-shape.js';
import { REGISTRY } from './registries.js';

const WRITE = ['2025-03-01-preview'];

const shapes: RequestShape[] = [
  {
    command: 'acr import',
    method: 'POST',
    path: `${REGISTRY}/importImage`,
    versions: WRITE,
    body: {
      source: { resourceId: REGISTRY, sourceImage: 'app:v1' },
      ...{ targetTags: ['team/copy:v1'], untaggedTargetRepositories: [], mode: 'NoForce' },
    },
    status: 202,
    polls: 'location',
  },
  {
    command: 'acr import --username --password --force',
    method: 'POST',
    path: `${REGISTRY}/importImage`,
    versions: WRITE,
    body: {
      source: {
        ...{ registryUri: '{loginServer}', sourceImage: 'app:v1' },
        credentials: { username: 'acrshapes', password: '{password}' },
      },
      ...{ targetTags: ['team/copy:v1'], mode: 'Force' },
    },
    status: 202,
    polls: 'location',
  },
  {
    command: 'acr import, of a tag that is not there',
    method: 'POST',
    path: `${REGISTRY}/importImage`,
    versions: WRITE,
    body: {
      source: { resourceId: REGISTRY, sourceImage: 'app:none' },
      ...{ targetTags: ['none:v1'], mode: 'NoForce' },
    },
    status: 202,
    polls: 'location',
    fails: { error: { code: TEXT, message: TEXT } },
  },
  {
    command: 'acr repository, of one with a slash: a token',
    method: 'POST',
    path: 'https://{loginServer}/oauth2/token',
    body: new URLSearchParams({
      ...{ grant_type: 'refresh_token', service: '{loginServer}', refresh_token: '{refresh}' },
      scope: 'repository:team/copy:metadata_read',
    }),
    as: null,
    status: 200,
    keeps: { copyToken: 'access_token' },
  },
  {
    command: 'acr repository show-tags, of one with a slash',
    method: 'GET',
    path: 'https://{loginServer}/acr/v1/team/copy/_tags',
    query: { n: '100' },
    as: 'copyToken',
    status: 200,
    answer: { tags: [{ name: 'v1', digest: '{digest}' }] },
  },
];

export const imports: ShapeTable = { plane: 'registries: imports', shapes };
