import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../oci/digest.js';
import type { JsonObject } from '../../../base/json.js';
import type { ListRunsOptions, RunService } from '../../../tasks/run-service.js';
import type { Run } from '../../../tasks/runs/run-record.js';
import { taskErrors } from '../../../tasks/task-error.js';
import { ArmError } from '../../errors.js';
import type { RequestContext } from '../../provider.js';
import { parseResourceId, type ResourceId } from '../../resource-id.js';
import { createRunsProvider, registryRunActions } from './registry-runs.js';

const REGISTRY =
  '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/labacr';
const id = (text: string): ResourceId => {
  const parsed = parseResourceId(text);
  if (parsed === undefined) throw new Error(`not an id: ${text}`);
  return parsed;
};
const context = (query = ''): RequestContext => ({
  caller: 'me',
  correlationId: '1',
  apiVersion: '2025-03-01-preview',
  baseUrl: 'https://localhost:7443',
  query: new URLSearchParams(query),
});

const RUN: Run = {
  runId: 'ca1',
  registry: 'labacr',
  status: 'Failed',
  runType: 'QuickBuild',
  createTime: '2026-01-01T00:00:00.000Z',
  lastUpdatedTime: '2026-01-01T00:00:02.000Z',
  platform: { os: 'linux', architecture: 'amd64' },
  cpu: 2,
  isArchiveEnabled: false,
  outputImages: [{ registry: 'r', repository: 'app', tag: 'v1', digest: digestOf('x') }],
  runErrorMessage: 'failed during run, err: exit status 1',
};

/** A run service with one run, which notes what it is asked. */
function fakeRuns() {
  const asked: unknown[] = [];
  const runs: RunService = {
    createUploadSlot: async (registry, baseUrl) => ({
      uploadUrl: `${baseUrl}/${registry}`,
      relativePath: 'source/x',
    }),
    scheduleRun: async (registry, body) => {
      asked.push([registry, body]);
      if (body['type'] === 'TaskRunRequest') throw taskErrors.notImplemented('x');
      return { ...RUN, status: 'Queued' };
    },
    getRun: async (_registry, runId) => (runId === 'ca1' ? RUN : undefined),
    listRuns: async (_registry: string, options?: ListRunsOptions) => {
      asked.push(options);
      return [RUN];
    },
    cancelRun: async (_registry, runId) => {
      if (runId !== 'ca1') throw taskErrors.runNotFound(runId);
    },
    updateRun: async (_registry, runId, change) => {
      if (runId !== 'ca1') throw taskErrors.runNotFound(runId);
      return { ...RUN, ...change };
    },
    logLink: async (registry, runId, baseUrl) => `${baseUrl}/${registry}/${runId}`,
    removeRegistry: async () => undefined,
    blobPlane: { name: 'blobs', handle: async () => false },
    idle: async () => undefined,
    close: async () => undefined,
  };
  return { runs, asked };
}

const refusal = async (promise: Promise<unknown>): Promise<ArmError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ArmError) return error;
  throw new Error('was not refused', { cause: error });
};

describe('actions of a registry', () => {
  const { runs, asked } = fakeRuns();
  const actions = registryRunActions(runs, (name, body) => runs.scheduleRun(name, body));

  it('hand out an upload URL', async () => {
    const answer = await actions['listbuildsourceuploadurl']?.(id(REGISTRY), {}, context());
    expect(answer).toEqual({
      status: 200,
      body: { uploadUrl: 'https://localhost:7443/labacr', relativePath: 'source/x' },
    });
  });

  it('schedule a run and answer with it', async () => {
    const answer = await actions['schedulerun']?.(id(REGISTRY), { type: 'x' }, context());
    expect(asked).toEqual([['labacr', { type: 'x' }]]);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        id: `${REGISTRY}/runs/ca1`,
        properties: { runId: 'ca1', status: 'Queued', provisioningState: 'Running' },
      },
    });
  });

  it('refuse in the terms of the resource manager', async () => {
    const answer = actions['schedulerun']?.(id(REGISTRY), { type: 'TaskRunRequest' }, context());
    const error = await refusal(Promise.resolve(answer));
    expect([error.status, error.code]).toEqual([501, 'NotImplemented']);
  });
});

describe('the runs of a registry', () => {
  const { runs, asked } = fakeRuns();
  const provider = createRunsProvider(runs);

  it('are read one by one', async () => {
    expect(await provider.get(id(`${REGISTRY}/runs/ca1`), context())).toMatchObject({
      id: `${REGISTRY}/runs/ca1`,
      name: 'ca1',
      type: 'Microsoft.ContainerRegistry/registries/runs',
      properties: {
        status: 'Failed',
        runErrorMessage: 'failed during run, err: exit status 1',
        outputImages: [{ repository: 'app', tag: 'v1' }],
        platform: { os: 'linux', architecture: 'amd64' },
      },
    });
    expect(await provider.get(id(`${REGISTRY}/runs/ca2`), context())).toBeUndefined();
  });

  it('are listed, cut and filtered', async () => {
    await provider.list(id(REGISTRY), context(`$top=15&$filter=TaskName eq 't'`));
    expect(asked).toEqual([{ top: 15, filter: "TaskName eq 't'" }]);
    const error = await refusal(provider.list(id(REGISTRY), context('$top=many')));
    expect(error.code).toBe('InvalidQueryParameterValue');
  });

  it('are kept, or not, as an update says', async () => {
    const run = id(`${REGISTRY}/runs/ca1`);
    const update = (body: JsonObject, which = run) => provider.patch?.(which, body, context());
    const flat: JsonObject = { isArchiveEnabled: true };
    for (const body of [flat, { properties: flat }]) {
      const { resource } = (await update(body))!;
      expect(resource.properties['isArchiveEnabled']).toBe(true);
    }
    const refused = [
      [update({ isArchiveEnabled: 'yes' }), 'InvalidRunParameters'],
      [update({}, id(`${REGISTRY}/runs/ca9`)), 'RunNotFound'],
    ] as const;
    for (const [answer, code] of refused) {
      expect((await refusal(Promise.resolve(answer))).code).toBe(code);
    }
  });

  it('have logs, and can be canceled', async () => {
    const run = id(`${REGISTRY}/runs/ca1`);
    const logs = await provider.actions?.['listlogsasurl']?.(run, {}, context());
    expect(logs?.body).toEqual({
      logLink: 'https://localhost:7443/labacr/ca1',
      logArtifactLink: null,
    });
    const cancel = provider.actions?.['cancel'];
    expect((await cancel?.(run, {}, context()))?.status).toBe(200);
    const gone = Promise.resolve(cancel?.(id(`${REGISTRY}/runs/ca9`), {}, context()));
    expect((await refusal(gone)).code).toBe('RunNotFound');
  });
});
