import type { Clock } from '../../../base/clock.js';
import { isJsonObject, textOf } from '../../../base/json.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import type { RunService } from '../../../tasks/run-service.js';
import { isFinished } from '../../../tasks/runs/run-record.js';
import { createDocumentProvider } from '../../document-provider.js';
import { ArmError } from '../../errors.js';
import type { Resource, ResourceProvider } from '../../provider.js';
import type { ScheduleRun } from '../registry-runs/registry-runs.js';
import { renderRun } from '../registry-runs/render-run.js';
import { translated } from '../registry-runs/task-refusals.js';
import { parentOf, type ResourceId } from '../../resource-id.js';

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
  const withResult = async (resource: Resource, id: ResourceId): Promise<Resource> => {
    const { runId, ...properties } = resource.properties;
    const run = await runs.getRun(id.names[0] ?? '', textOf(runId));
    const result = run && renderRun(parentOf(id)?.text ?? '', run);
    const state = run === undefined || isFinished(run.status) ? 'Succeeded' : 'Running';
    return {
      ...resource,
      properties: { ...properties, provisioningState: state, runResult: result ?? null },
    };
  };
  return {
    ...provider,
    get: async (id, context) => {
      const resource = await provider.get(id, context);
      return resource && withResult(resource, id);
    },
    put: async (id, body, context) => {
      if (provider.put === undefined) throw new Error('task runs are written');
      const written = await provider.put(id, body, context);
      return { ...written, resource: await withResult(written.resource, id) };
    },
  };
}
