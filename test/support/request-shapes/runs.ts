import { gzipSync } from 'node:zlib';
import { makeTar } from '../../../src/build/embedded/testing/build-fixture.js';
import { LIST, TEXT, type RequestShape, type ShapeTable } from './request-shape.js';
import { REGISTRY } from './registries.js';

const VERSIONS = ['2025-03-01-preview', '2019-06-01-preview'];
const WRITE = VERSIONS.slice(0, 1);

/** The client puts the Dockerfile first, under a name of its own. */
const DOCKERFILE = '6f1d1f0f3a0b4b0e8a44_Dockerfile';
const SOURCE = gzipSync(
  await makeTar([
    { name: DOCKERFILE, content: 'FROM scratch\nCOPY a.txt /\n' },
    { name: 'a.txt', content: 'a' },
  ]),
);
export const TASK = encoded(
  "version: v1.1.0\nsteps: \n  - cmd: acr purge --filter 'none:.*' --ago 0d\n    disableWorkingDirectoryOverride: true\n",
);
export const PLATFORM = { os: 'linux', architecture: 'amd64' };
export const RUN = {
  type: 'Microsoft.ContainerRegistry/registries/runs',
  properties: {
    ...{ runId: TEXT, status: TEXT, lastUpdatedTime: TEXT, runType: TEXT, createTime: TEXT },
    ...{ platform: PLATFORM, agentConfiguration: { cpu: 2 }, provisioningState: TEXT },
    ...{ isArchiveEnabled: false, outputImages: LIST },
  },
};

const OLD_BLOBS = { 'x-ms-version': '2018-11-09' };
const NEW_BLOBS = { 'x-ms-version': '2022-11-02', accept: 'application/xml' };

/** A source is gone once its run has begun, so each run comes with its own. */
function upload(headers: Readonly<Record<string, string>>): RequestShape[] {
  return [
    {
      command: 'acr build; acr run: where to put the source',
      method: 'POST',
      path: `${REGISTRY}/listBuildSourceUploadUrl`,
      versions: VERSIONS,
      status: 200,
      answer: { uploadUrl: TEXT, relativePath: TEXT },
      keeps: { uploadUrl: 'uploadUrl', relativePath: 'relativePath' },
    },
    {
      command: 'acr build; acr run: the source',
      method: 'PUT',
      path: '{uploadUrl}',
      headers: {
        ...headers,
        'x-ms-blob-type': 'BlockBlob',
        'x-ms-date': 'Thu, 26 Nov 2026 12:00:00 GMT',
        'x-ms-client-request-id': 'b9d7c2f0-0000-0000-0000-000000000001',
      },
      body: SOURCE,
      as: null,
      status: 201,
      reads: { etag: TEXT, 'last-modified': TEXT },
    },
  ];
}

const build: RequestShape[] = [
  ...upload(OLD_BLOBS),
  {
    command: 'acr build: a large source',
    method: 'PUT',
    path: '{uploadUrl}',
    query: { comp: 'block', blockid: 'MDAwMDA=' },
    body: SOURCE,
    as: null,
    status: 201,
  },
  {
    command: 'acr build: the end of a large source',
    method: 'PUT',
    path: '{uploadUrl}',
    query: { comp: 'blocklist' },
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(
      '<?xml version="1.0" encoding="utf-8"?><BlockList><Latest>MDAwMDA=</Latest></BlockList>',
    ),
    as: null,
    status: 201,
    reads: { etag: TEXT, 'last-modified': TEXT },
  },
  {
    command: 'acr build',
    method: 'POST',
    path: `${REGISTRY}/scheduleRun`,
    versions: WRITE,
    body: {
      ...{ type: 'DockerBuildRequest', isArchiveEnabled: false, imageNames: ['built:v1'] },
      ...{ isPushEnabled: true, noCache: false, dockerFilePath: DOCKERFILE, timeout: 3600 },
      arguments: [{ type: 'Argument', name: 'A', value: 'b', isSecret: false }],
      ...{ platform: PLATFORM, sourceLocation: '{relativePath}', credentials: {} },
    },
    status: 200,
    answer: RUN,
    keeps: { runId: 'properties.runId' },
  },
  {
    command: 'acr build --no-logs; acr task show-run',
    method: 'GET',
    path: `${REGISTRY}/runs/{runId}`,
    versions: VERSIONS,
    status: 200,
    repeats: true,
    answer: {
      properties: {
        ...{ status: 'Succeeded', startTime: TEXT, finishTime: TEXT },
        outputImages: [{ registry: '{loginServer}', repository: 'built', tag: 'v1', digest: TEXT }],
      },
    },
  },
];

const log: RequestShape[] = [
  {
    command: 'acr build; acr task logs: where the log is',
    method: 'POST',
    path: `${REGISTRY}/runs/{runId}/listLogSasUrl`,
    versions: VERSIONS,
    status: 200,
    answer: { logLink: TEXT, logArtifactLink: null },
    keeps: { logLink: 'logLink' },
  },
  {
    // The client is at the end when the metadata says so.
    command: 'acr build; acr task logs: how long the log is',
    method: 'HEAD',
    path: '{logLink}',
    as: null,
    status: 200,
    reads: {
      'content-length': TEXT,
      'x-ms-blob-type': TEXT,
      etag: TEXT,
      'last-modified': TEXT,
      'x-ms-meta-complete': 'successful',
    },
  },
  {
    command: 'acr build; acr task logs: the log',
    method: 'GET',
    path: '{logLink}',
    headers: { 'x-ms-range': 'bytes=0-4095' },
    as: null,
    status: 206,
    reads: { 'content-range': TEXT },
    text: /Run ID: \w+ was successful after .*\r\n/,
  },
];

const otherRuns: RequestShape[] = [
  ...upload(NEW_BLOBS),
  {
    command: 'acr run --cmd "acr purge …" /dev/null',
    method: 'POST',
    path: `${REGISTRY}/scheduleRun`,
    versions: WRITE,
    body: {
      ...{ type: 'EncodedTaskRunRequest', isArchiveEnabled: false },
      ...{ encodedTaskContent: TASK, values: [], platform: PLATFORM, credentials: {} },
    },
    status: 200,
    answer: RUN,
    keeps: { runId: 'properties.runId' },
  },
  {
    command: 'acr run --no-logs',
    method: 'GET',
    path: `${REGISTRY}/runs/{runId}`,
    versions: VERSIONS,
    status: 200,
    repeats: true,
    answer: { properties: { status: 'Succeeded' } },
  },
  {
    command: 'acr run -f acb.yaml SRC',
    method: 'POST',
    path: `${REGISTRY}/scheduleRun`,
    versions: WRITE,
    body: {
      ...{ type: 'FileTaskRunRequest', isArchiveEnabled: false, taskFilePath: 'acb.yaml' },
      values: [{ type: 'SetValue', name: 'A', value: 'b', isSecret: false }],
      ...{ sourceLocation: '{relativePath}', platform: PLATFORM },
    },
    status: 200,
    answer: RUN,
    keeps: { runId: 'properties.runId' },
  },
  {
    command: 'acr run -f acb.yaml SRC, where there is no such file',
    method: 'GET',
    path: `${REGISTRY}/runs/{runId}`,
    versions: VERSIONS,
    status: 200,
    repeats: true,
    answer: { properties: { status: 'Failed', runErrorMessage: TEXT } },
  },
  {
    command: 'acr task update-run',
    method: 'PATCH',
    path: `${REGISTRY}/runs/{runId}`,
    versions: VERSIONS,
    body: { isArchiveEnabled: true },
    status: 200,
    answer: { properties: { isArchiveEnabled: true } },
  },
];

export const runs: ShapeTable = {
  plane: 'registries: builds and runs',
  shapes: [...build, ...log, ...otherRuns],
};

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}
