import { LIST, NUMBER, TEXT, type RequestShape, type ShapeTable } from './request-shape.js';

export const LOGIN = 'https://{loginServer}';
export const REFUSED = { errors: [{ code: TEXT, message: TEXT }] };

const ATTRIBUTES = {
  deleteEnabled: true,
  writeEnabled: true,
  readEnabled: true,
  listEnabled: true,
};
const TAG = {
  ...{ name: 'v1', digest: '{digest}', createdTime: TEXT, lastUpdateTime: TEXT },
  changeableAttributes: ATTRIBUTES,
};
const MANIFEST = {
  ...{ digest: '{digest}', createdTime: TEXT, lastUpdateTime: TEXT },
  ...{ imageSize: NUMBER, mediaType: TEXT, configMediaType: TEXT },
  ...{ architecture: 'amd64', os: 'linux', changeableAttributes: ATTRIBUTES },
};
const ALL_MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

const reads: RequestShape[] = [
  {
    command: 'acr repository list',
    method: 'GET',
    path: `${LOGIN}/v2/_catalog`,
    query: { n: '100' },
    as: 'catalogToken',
    status: 200,
    answer: { repositories: ['app'] },
  },
  {
    command: 'acr repository show --name',
    method: 'GET',
    path: `${LOGIN}/acr/v1/app`,
    as: 'readToken',
    status: 200,
    answer: {
      ...{ registry: TEXT, imageName: 'app', createdTime: TEXT, lastUpdateTime: TEXT },
      ...{ manifestCount: 2, tagCount: 2, changeableAttributes: ATTRIBUTES },
    },
  },
  {
    command: 'acr repository show --image app:v1',
    method: 'GET',
    path: `${LOGIN}/acr/v1/app/_tags/v1`,
    as: 'readToken',
    status: 200,
    answer: { tag: TAG },
  },
  {
    command: 'acr repository show --image app@digest; acr manifest show-metadata',
    method: 'GET',
    path: `${LOGIN}/acr/v1/app/_manifests/{digest}`,
    as: 'readToken',
    status: 200,
    answer: { manifest: { ...MANIFEST, tags: ['v1'] } },
  },
  {
    command: 'acr repository show-tags',
    method: 'GET',
    path: `${LOGIN}/acr/v1/app/_tags`,
    query: { n: '100' },
    as: 'readToken',
    status: 200,
    answer: { tags: [{ name: 'old' }, TAG] },
  },
  {
    command: 'acr repository show-tags --orderby time_desc',
    method: 'GET',
    path: `${LOGIN}/acr/v1/app/_tags`,
    query: { n: '1', orderby: 'timedesc' },
    as: 'readToken',
    status: 200,
    reads: { link: '</acr/v1/app/_tags?last=v1&n=1&orderby=timedesc>; rel="next"' },
    answer: { tags: [TAG] },
  },
  {
    command: 'acr repository show-tags, on a registry of old',
    method: 'GET',
    path: `${LOGIN}/v2/app/tags/list`,
    query: { n: '100' },
    as: 'pullToken',
    status: 200,
    answer: { name: 'app', tags: ['old', 'v1'] },
  },
  {
    command: 'acr manifest list-metadata; acr repository show-manifests',
    method: 'GET',
    path: `${LOGIN}/acr/v1/app/_manifests`,
    query: { n: '100' },
    as: 'readToken',
    status: 200,
    answer: {
      manifests: [
        { digest: TEXT, tags: LIST },
        { digest: TEXT, tags: LIST },
      ],
    },
  },
  {
    command: 'acr manifest show; acr manifest list',
    method: 'GET',
    path: `${LOGIN}/v2/app/manifests/v1`,
    headers: { accept: ALL_MANIFESTS },
    as: 'pullReadToken',
    status: 200,
    reads: { 'docker-content-digest': '{digest}' },
    answer: { schemaVersion: 2 },
  },
  {
    command: 'acr manifest list-referrers',
    method: 'GET',
    path: `${LOGIN}/v2/app/referrers/{digest}`,
    query: { artifactType: 'signature/example' },
    as: 'pullToken',
    status: 200,
    answer: { manifests: [] },
  },
  {
    command: 'acr repository show, of one that is not there',
    method: 'GET',
    path: `${LOGIN}/acr/v1/app/_tags/none`,
    as: 'readToken',
    status: 404,
    answer: REFUSED,
  },
];

const writes: RequestShape[] = [
  ...['/acr/v1/app', '/acr/v1/app/_tags/v1', '/acr/v1/app/_manifests/{digest}'].map(
    (path): RequestShape => ({
      command: 'acr repository update; acr manifest update-metadata',
      method: 'PATCH',
      path: `${LOGIN}${path}`,
      body: { deleteEnabled: true, writeEnabled: true },
      as: 'writeToken',
      status: 200,
    }),
  ),
  {
    command: 'acr repository update --delete-enabled false',
    method: 'PATCH',
    path: `${LOGIN}/acr/v1/app/_tags/v1`,
    body: { deleteEnabled: false },
    as: 'writeToken',
    status: 200,
  },
  {
    // Other statuses are tried three times more, five seconds apart.
    command: 'acr repository untag, of a tag that is locked',
    method: 'DELETE',
    path: `${LOGIN}/acr/v1/app/_tags/v1`,
    as: 'deleteToken',
    status: 405,
    answer: REFUSED,
  },
  {
    command: 'acr repository update --delete-enabled true',
    method: 'PATCH',
    path: `${LOGIN}/acr/v1/app/_tags/v1`,
    body: { deleteEnabled: true },
    as: 'writeToken',
    status: 200,
  },
  {
    command: 'acr repository delete --image; acr manifest delete',
    method: 'DELETE',
    path: `${LOGIN}/v2/app/manifests/{oldDigest}`,
    as: 'deleteToken',
    status: 202,
  },
  {
    command: 'acr manifest list-deleted',
    method: 'GET',
    path: `${LOGIN}/acr/v1/_deleted/app/_manifests`,
    query: { n: '100' },
    as: 'deletedToken',
    status: 200,
    answer: { manifests: [{ digest: '{oldDigest}', deletedAt: TEXT }] },
  },
  {
    command: 'acr manifest list-deleted-tags',
    method: 'GET',
    path: `${LOGIN}/acr/v1/_deleted/app/_tags`,
    query: { n: '100' },
    as: 'deletedToken',
    status: 200,
    answer: { tags: [{ tag: 'old', digest: '{oldDigest}', deletedAt: TEXT }] },
  },
  {
    command: 'acr manifest restore',
    method: 'POST',
    path: `${LOGIN}/acr/v1/_deleted/app/_manifests/{oldDigest}`,
    query: { force: 'false' },
    as: 'undeleteToken',
    status: 200,
  },
  {
    command: 'acr repository untag',
    method: 'DELETE',
    path: `${LOGIN}/acr/v1/app/_tags/old`,
    as: 'deleteToken',
    status: 202,
  },
];

export const registryContent: ShapeTable = {
  plane: 'registries: content',
  shapes: [...reads, ...writes],
};
