import type { Clock } from '../../../base/clock.js';
import { isJsonObject, textOf } from '../../../base/json.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import type { RunService } from '../../../tasks/run-service.js';
import { isFinished } from '../../../tasks/runs/run-record.js';
import { createDocumentProvider } from '../../document-provider.js';
import { ArmError } from '../../errors.js';
import type { Resource, ResourceProvider, WriteResult } from '../../provider.js';
import { propertiesOf } from '../../resource-documents.js';
import type { ScheduleRun } from '../registry-runs/registry-runs.js';
import { renderRun } from '../registry-runs/render-run.js';
import { translated } from '../registry-runs/task-refusals.js';
import { withoutRequestSecrets } from './hidden-secrets.js';

const TYPE = 'Microsoft.ContainerRegistry/registries/taskRuns';

/** Runs that a template asks for: written, they are scheduled; read, they show how the run came out. */
export function createTaskRunsProvider(options: {
  metadata: MetadataStore;
  clock: Clock;
  runs: RunService;
  schedule: ScheduleRun;
}): ResourceProvider {
  const { runs, schedule } = options;
  const provider = createDocumentProvider({
    ...options,
    type: TYPE,
    apiVersions: ['2025-03-01-preview', '2019-06-01-preview'],
    properties: async ({ id, given, existing }) => {
      const request = given['runRequest'];
      if (!isJsonObject(request)) {
        throw new ArmError({
          status: 400,
          code: 'InvalidTaskRunParameters',
          message: "'runRequest' is missing.",
        });
      }
      const tag = given['forceUpdateTag'] ?? null;
      const before = existing?.properties;
      const same =
        before?.['forceUpdateTag'] === tag &&
        JSON.stringify(before['runRequest']) === JSON.stringify(request);
      const runId = same
        ? textOf(before['runId'])
        : (await translated(() => schedule(id.names[0] ?? '', request))).runId;
      return { runRequest: request, forceUpdateTag: tag, runId };
    },
  });
  /** As it is shown: how the run came out, and no secrets of its request. */
  const withResult = async (resource: Resource): Promise<Resource> => {
    const { runId, runRequest, ...properties } = resource.properties;
    const [registryId = ''] = resource.id.split(/\/taskRuns\//i);
    const registry = registryId.slice(registryId.lastIndexOf('/') + 1);
    const run = await runs.getRun(registry, textOf(runId));
    const result = run && renderRun(registryId, run);
    const state = run === undefined || isFinished(run.status) ? 'Succeeded' : 'Running';
    return {
      ...resource,
      properties: {
        ...properties,
        runRequest: isJsonObject(runRequest) ? withoutRequestSecrets(runRequest) : null,
        provisioningState: state,
        runResult: result ?? null,
      },
    };
  };
  const write = async (
    change: ResourceProvider['put'],
    ...given: Parameters<NonNullable<ResourceProvider['put']>>
  ): Promise<WriteResult> => {
    if (change === undefined) throw new Error('task runs are written');
    const written = await change(...given);
    return { ...written, resource: await withResult(written.resource) };
  };
  return {
    ...provider,
    preview: async (id, body, context) => {
      const before = await provider.get(id, context);
      if (before === undefined) return undefined;
      const { runRequest, forceUpdateTag } = propertiesOf(body);
      const asked = { runRequest: runRequest ?? null, forceUpdateTag: forceUpdateTag ?? null };
      return { before, after: { ...before, properties: { ...before.properties, ...asked } } };
    },
    get: async (id, context) => {
      const resource = await provider.get(id, context);
      return resource && withResult(resource);
    },
    list: async (scope, context) => {
      const all = await provider.list(scope, context);
      return Promise.all(all.map((resource) => withResult(resource)));
    },
    put: (id, body, context) => write(provider.put, id, body, context),
    patch: (id, body, context) => write(provider.patch, id, body, context),
  };
}
