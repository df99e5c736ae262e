import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.js';
import type { JsonObject } from '../base/json.js';
import { makeTar } from '../build/embedded/testing/build-fixture.js';
import type { ImageBuilder } from '../build/image-builder.js';
import { parseManifest } from '../oci/manifest.js';
import type { MemoryRegistry } from '../remote/testing/memory-registry.js';
import { BLOB_ACCOUNT } from './blobs/blob-plane.js';
import type { RunService, RunServiceOptions } from './run-service.js';
import { TaskError } from './task-error.js';
import { RunWorld, type SourceEntries } from './testing/run-world.js';

let world: RunWorld;
let registry: MemoryRegistry;
let directory: string;
let runs: RunService;
let baseUrl: string;

async function openService(change: Partial<RunServiceOptions> = {}): Promise<RunService> {
  return world.reopen(change);
}

beforeEach(async () => {
  world = await RunWorld.open();
  ({ registry, directory, runs, baseUrl } = world);
});

afterEach(() => world.close());

type Entries = SourceEntries;
const WORKLOAD: Entries = [
  {
    name: 'Dockerfile',
    content: 'FROM scratch\nCOPY --chmod=755 hello /\nENTRYPOINT ["/hello"]\n',
  },
  { name: 'hello', content: 'ELF' },
];

const upload = (body: Uint8Array): Promise<string> => world.upload(body);

const request = (sourceLocation: string, change: JsonObject = {}): JsonObject => ({
  type: 'DockerBuildRequest',
  imageNames: ['labacr:v1'],
  isPushEnabled: true,
  dockerFilePath: 'Dockerfile',
  platform: { os: 'linux', architecture: 'amd64' },
  sourceLocation,
  ...change,
});

async function build(entries: Entries, change: JsonObject = {}) {
  const location = await upload(gzipSync(await makeTar(entries)));
  const { runId } = await runs.scheduleRun('labacr', request(location, change));
  await runs.idle();
  return (await runs.getRun('labacr', runId))!;
}

const logOf = (runId: string) => world.logOf(runId);

const refusal = async (promise: Promise<unknown>): Promise<TaskError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TaskError);
  return error as TaskError;
};

describe('a Docker build', () => {
  it('builds, pushes, and tells it in the words of ACR', async () => {
    const run = await build(WORKLOAD);
    expect(run).toMatchObject({ runId: 'ca1', status: 'Succeeded', runType: 'QuickBuild' });
    const pushed = registry.manifests.get('labacr/v1');
    expect(pushed && parseManifest(pushed.bytes, pushed.mediaType).kind).toBe('image');
    expect(run.outputImages).toMatchObject([
      { registry: 'localhost:5001', repository: 'labacr', tag: 'v1' },
    ]);
    const { text, complete } = await logOf('ca1');
    expect(complete).toBe('successful');
    const lines = text.split('\r\n');
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    expect(lines[0]).toMatch(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d Downloading source code\.\.\.$/);
    for (const expected of [
      / Using acb_vol_[0-9a-f-]{36} as the home volume$/,
      / Logging in to registry: localhost:5001$/,
      / Executing step ID: build\. Timeout\(sec\): 28800, Working directory: '', Network: ''$/,
      /^Step 2\/3 : COPY --chmod=755 hello \/$/,
      /^Successfully built [0-9a-f]{12}$/,
      /^Successfully tagged localhost:5001\/labacr:v1$/,
      / Pushing image: localhost:5001\/labacr:v1, attempt 1$/,
      /^v1: digest: sha256:[0-9a-f]{64} size: \d+$/,
      / Step ID: build marked as successful \(elapsed time in seconds: \d+\.\d{6}\)$/,
      /^Run ID: ca1 was successful after \d+s$/,
    ]) {
      expect(
        lines.some((line) => expected.test(line)),
        String(expected),
      ).toBe(true);
    }
    expect(await readdir(path.join(directory, 'tasks', 'work'))).toEqual([]);
    const [builder = ''] = await readdir(path.join(directory, 'build', 'work'));
    expect(await readdir(path.join(directory, 'build', 'work', builder))).toEqual(['owner.json']);
  });

  it('for a list of platforms pushes an index', async () => {
    const platform = { os: 'linux', architecture: 'amd64,linux', variant: 'arm64' };
    expect((await build(WORKLOAD, { platform })).status).toBe('Succeeded');
    const pushed = registry.manifests.get('labacr/v1')!;
    const parsed = parseManifest(pushed.bytes, pushed.mediaType);
    expect(parsed.kind === 'index' && parsed.index.manifests.map((one) => one.platform)).toEqual([
      { architecture: 'amd64', os: 'linux' },
      { architecture: 'arm64', os: 'linux' },
    ]);
  });

  it('without push leaves the registry alone', async () => {
    const run = await build(WORKLOAD, { isPushEnabled: false });
    expect(run).toMatchObject({ status: 'Succeeded', outputImages: [] });
    expect(registry.requests).toEqual([]);
  });

  it('puts the run into image names', async () => {
    await build(WORKLOAD, { imageNames: ['a:{{.Run.ID}}', 'localhost:5001/b:x'] });
    expect(registry.manifests.has('a/ca1')).toBe(true);
    expect(registry.manifests.has('b/x')).toBe(true);
  });

  it('that fails says where, and the log ends all the same', async () => {
    const run = await build([{ name: 'Dockerfile', content: 'FROM scratch\nCOPY gone /\n' }]);
    expect(run).toMatchObject({
      status: 'Failed',
      runErrorMessage: 'failed during run, err: exit status 1',
    });
    const { text, complete } = await logOf(run.runId);
    expect(complete).toBe('failed');
    expect(text).toMatch(
      /Dockerfile:2:1: COPY failed: file not found[^\n]*\r\n {2}COPY gone \/\r\n {2}\^\r\n/,
    );
    expect(text).toMatch(/Container failed during run: build\. No retries remaining\.\r\n/);
    expect(text).toMatch(
      /Run ID: ca1 failed after \d+s\. Error: failed during run, err: exit status 1\r\n$/,
    );
  });

  it('that may not push fails before it builds', async () => {
    registry.intercept = (_request, response) => {
      response.writeHead(403).end();
      return true;
    };
    const run = await build(WORKLOAD);
    expect(run.status).toBe('Failed');
    expect(run.runErrorMessage).toMatch(/failed to login/);
  });

  it.each([
    ['no archive', Buffer.from('not gzip'), /not a gzip/],
    ['a truncated archive', gzipSync(Buffer.alloc(100_000)).subarray(0, 50), /not a gzip/],
    ['a climbing name', [{ name: '../evil', content: 'x' }], /climbs out/],
    [
      'a way over a link',
      [
        { name: 'd', type: 'symlink', linkname: '/tmp' },
        { name: 'd/evil', content: 'x' },
      ],
      /leads through d/,
    ],
    ['a hard link out', [{ name: 'h', type: 'link', linkname: '/etc/passwd' }], /hard link/],
    [
      'a hard link to a link',
      [
        { name: 's', type: 'symlink', linkname: '/etc/passwd' },
        { name: 'h', type: 'link', linkname: 's' },
      ],
      /hard link/,
    ],
  ] as [string, Buffer | Entries, RegExp][])('from %s fails', async (_name, source, message) => {
    const bytes = Buffer.isBuffer(source) ? source : gzipSync(await makeTar(source));
    await runs.scheduleRun('labacr', request(await upload(bytes)));
    await runs.idle();
    const run = (await runs.getRun('labacr', 'ca1'))!;
    expect(run.status).toBe('Failed');
    expect(run.runErrorMessage).toMatch(message);
  });
});

describe('stopping', () => {
  /** Builds until it is told to stop. */
  function endlessBuilder() {
    let started: () => void = () => undefined;
    const hasStarted = new Promise<void>((resolve) => (started = resolve));
    const builder: ImageBuilder = {
      name: 'endless',
      build: (_request, signal) =>
        new Promise((_resolve, reject) => {
          started();
          signal?.addEventListener('abort', () => reject(new Error('stopped')));
        }),
    };
    return { builder, hasStarted };
  }

  it('cancel ends a run at work and one that waits', async () => {
    const { builder, hasStarted } = endlessBuilder();
    runs = await openService({ builder, maxParallelRuns: 1 });
    const body = async () => request(await upload(gzipSync(await makeTar(WORKLOAD))));
    await runs.scheduleRun('labacr', await body());
    await runs.scheduleRun('labacr', await body());
    await hasStarted;
    expect((await runs.getRun('labacr', 'ca1'))?.status).toBe('Running');
    expect((await runs.getRun('labacr', 'ca2'))?.status).toBe('Queued');
    expect((await logOf('ca1')).complete).toBeNull();
    await runs.cancelRun('labacr', 'ca2');
    await runs.cancelRun('labacr', 'ca1');
    for (const id of ['ca1', 'ca2']) {
      expect((await runs.getRun('labacr', id))?.status).toBe('Canceled');
      expect((await logOf(id)).complete).toBe('canceled');
    }
    await runs.cancelRun('labacr', 'ca1');
    expect((await refusal(runs.cancelRun('labacr', 'ca9'))).status).toBe(404);
  });

  it('a run that takes too long is timed out', async () => {
    runs = await openService({ builder: endlessBuilder().builder });
    const run = await build(WORKLOAD, { timeout: 1 });
    expect(run.status).toBe('Timeout');
    expect((await logOf('ca1')).text).toMatch(/Run ID: ca1 timed out after 1s/);
  });

  it('what a dead process left is marked as failed', async () => {
    const { builder, hasStarted } = endlessBuilder();
    const dead = await openService({ builder });
    runs = dead;
    await runs.scheduleRun('labacr', request(await upload(gzipSync(await makeTar(WORKLOAD)))));
    await hasStarted;
    runs = await openService();
    expect(await runs.getRun('labacr', 'ca1')).toMatchObject({
      status: 'Failed',
      runErrorMessage: 'the server stopped while the run was in progress',
    });
    expect((await build(WORKLOAD)).runId).toBe('ca2');
    await dead.close();
  });
});

describe('lists', () => {
  it('are newest first, filtered and cut', async () => {
    const first = await build(WORKLOAD);
    await build([{ name: 'Dockerfile', content: 'nope' }]);
    const ids = async (filter?: string, top?: number) =>
      (await runs.listRuns('labacr', { ...(filter && { filter }), ...(top && { top }) })).map(
        (run) => run.runId,
      );
    expect(await ids()).toEqual(['ca2', 'ca1']);
    expect(await ids(undefined, 1)).toEqual(['ca2']);
    expect(await ids("Status eq 'Failed'")).toEqual(['ca2']);
    expect(await ids("TaskName eq 'x'")).toEqual([]);
    const digest = first.outputImages[0]!.digest;
    expect(await ids(`contains(OutputImageManifests,'labacr@${digest}')`)).toEqual(['ca1']);
    expect((await refusal(runs.listRuns('labacr', { filter: 'x' }))).status).toBe(400);
    await runs.removeRegistry('labacr');
    expect(await ids()).toEqual([]);
  });
});

describe('scheduleRun refuses', () => {
  const location = `source/20260101/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}.tar.gz`;
  it.each([
    [{ type: 'FileTaskRunRequest' }, 400, /was not uploaded/],
    [{ type: 'EncodedTaskRunRequest', encodedTaskContent: '{' }, 400, /not base64/],
    [{ type: 'Nope' }, 400, /"Nope" is not known/],
    [{}, 400, /was not uploaded/],
    [{ sourceLocation: '../../x' }, 400, /was not uploaded/],
    [{ sourceLocation: 'ftp://a/b' }, 400, /neither a git repository, an archive/],
    [{ sourceLocation: null }, 400, /no source location/],
    [{ timeout: -1 }, 400, /'timeout' must be/],
    [{ platform: { os: 'windows', architecture: 'amd64' } }, 400, /only linux/],
    [{ platform: { os: 'linux', architecture: 'x y' } }, 400, /'linux\/x y' is not one/],
    [{ imageNames: [1] }, 400, /not a name/],
    [{ arguments: [{ value: 'x' }] }, 400, /without a name/],
  ] as [JsonObject, number, RegExp][])('%j', async (change, status, message) => {
    const error = await refusal(runs.scheduleRun('labacr', request(location, change)));
    expect(error.status).toBe(status);
    expect(error.message).toMatch(message);
    expect(await runs.listRuns('labacr')).toEqual([]);
  });

  it('a bad image name, and a registry that is not there', async () => {
    const uploaded = await upload(gzipSync(await makeTar(WORKLOAD)));
    const bad = runs.scheduleRun('labacr', request(uploaded, { imageNames: ['Bad:v1'] }));
    expect((await refusal(bad)).message).toMatch(/'Bad:v1' is not valid/);
    expect((await refusal(runs.scheduleRun('other', {}))).code).toBe('RegistryNotFound');
  });
});

describe('blobs', () => {
  const put = (url: string, body: string | Uint8Array = 'x') => fetch(url, { method: 'PUT', body });

  it('come in blocks too', async () => {
    const { uploadUrl, relativePath } = await runs.createUploadSlot('labacr', baseUrl);
    const archive = gzipSync(await makeTar(WORKLOAD));
    const ids = ['YQ==', 'Yg=='];
    const parts = [archive.subarray(0, 40), archive.subarray(40)];
    for (const [index, id] of ids.entries()) {
      const url = `${uploadUrl}&comp=block&blockid=${encodeURIComponent(id)}`;
      expect((await put(url, new Uint8Array(parts[index]!))).status).toBe(201);
    }
    const list = `<?xml version="1.0"?><BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`;
    expect((await put(`${uploadUrl}&comp=blocklist`, list)).status).toBe(201);
    await runs.scheduleRun('labacr', request(relativePath));
    await runs.idle();
    expect((await runs.getRun('labacr', 'ca1'))?.status).toBe('Succeeded');
  });

  it.each([
    [
      'an unknown block',
      '&comp=blocklist',
      '<BlockList><Latest>zz</Latest></BlockList>',
      400,
      'InvalidBlockList',
    ],
    ['a list that is none', '&comp=blocklist', 'x', 400, 'InvalidXmlDocument'],
    ['a block without id', '&comp=block', 'x', 400, 'InvalidQueryParameterValue'],
    ['another operation', '&comp=lease', 'x', 501, 'NotImplemented'],
    ['too much', '', 'x'.repeat(1024 * 1024 + 1), 413, 'RequestBodyTooLarge'],
  ])('refuse %s', async (_name, query, body, status, code) => {
    const { uploadUrl } = await runs.createUploadSlot('labacr', baseUrl);
    const response = await put(uploadUrl + query, body);
    expect(response.status).toBe(status);
    expect(response.headers.get('x-ms-error-code')).toBe(code);
  });

  it('need the right signature', async () => {
    const { uploadUrl } = await runs.createUploadSlot('labacr', baseUrl);
    const url = new URL(uploadUrl);
    const change = (name: string, value: string): string => {
      const copy = new URL(url);
      copy.searchParams.set(name, value);
      return copy.href;
    };
    for (const wrong of [
      `${url.origin}${url.pathname}`,
      change('sig', 'AAAA'),
      change('se', '2999-01-01T00:00:00Z'),
      change('sp', 'rcw'),
      uploadUrl.replace('/source/', '/other/'),
    ]) {
      expect((await put(wrong)).status, wrong).toBe(403);
    }
    expect((await fetch(uploadUrl)).status).toBe(403);
    expect((await fetch(uploadUrl, { method: 'DELETE' })).status).toBe(405);
    for (const bad of ['', 'a/..%2f..%2fb', '%zz/a']) {
      expect((await fetch(`${baseUrl}/${BLOB_ACCOUNT}/${bad}`)).status, bad).toBe(404);
    }
    expect((await fetch(`${baseUrl}/other`)).status).toBe(418);
  });

  it('links expire', async () => {
    let now = new Date();
    runs = await openService({ clock: { ...systemClock, now: () => now } });
    const { uploadUrl } = await runs.createUploadSlot('labacr', baseUrl);
    now = new Date(now.getTime() + 3601_000);
    expect((await put(uploadUrl)).status).toBe(403);
  });

  it('are read in ranges', async () => {
    await build(WORKLOAD);
    const link = await runs.logLink('labacr', 'ca1', baseUrl);
    const head = await fetch(link, { method: 'HEAD' });
    const size = Number(head.headers.get('content-length'));
    expect(Object.fromEntries(head.headers)).toMatchObject({
      'x-ms-blob-type': 'BlockBlob',
      'x-ms-meta-complete': 'successful',
      etag: expect.stringMatching(/^"0x/) as string,
    });
    const part = await fetch(link, { headers: { 'x-ms-range': 'bytes=5-4100' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 5-${Math.min(4100, size - 1)}/${size}`);
    const beyond = await fetch(link, { headers: { 'x-ms-range': `bytes=${size}-${size + 9}` } });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('x-ms-error-code')).toBe('InvalidRange');
    const missing = link.replace('/ca1/', '/ca7/');
    expect((await fetch(missing)).status).toBe(403);
  });
});
