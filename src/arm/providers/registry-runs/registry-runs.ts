import type { RunService } from '../../../tasks/run-service.js';
import { TaskError } from '../../../tasks/task-error.js';
import { ArmError } from '../../errors.js';
import type { RequestContext, ResourceAction, ResourceProvider } from '../../provider.js';
import { nameOf, parentOf, type ResourceId } from '../../resource-id.js';
import { renderRun, RUN_TYPE } from './render-run.js';
import { translated } from './task-refusals.js';
import type { Run } from '../../../tasks/runs/run-record.js';
import { isJsonObject, type JsonObject } from '../../../base/json.js';

/** Queues a run of any kind; a `TaskRunRequest` names a task. @throws TaskError */
export type ScheduleRun = (registryName: string, body: JsonObject) => Promise<Run>;

/**
 * What a registry does about runs: `listBuildSourceUploadUrl` and `scheduleRun`, as actions of the
 * registry resource.
 */
export function registryRunActions(
  runs: RunService,
  schedule: ScheduleRun,
): Readonly<Record<string, ResourceAction>> {
  return {
    listbuildsourceuploadurl: (id, _body, context) =>
      translated(async () => ({
        status: 200,
        body: await runs.createUploadSlot(nameOf(id), context.baseUrl),
      })),
    schedulerun: (id, body) =>
      translated(async () => ({
        status: 200,
        body: renderRun(id.text, await schedule(nameOf(id), body)),
      })),
  };
}

/** The runs of a registry: get, list, update, logs, cancel. */
export function createRunsProvider(runs: RunService): ResourceProvider {
  return {
    type: RUN_TYPE,
    tracking: 'none',
    apiVersions: ['2025-03-01-preview', '2019-06-01-preview'],
    notFound: (id) =>
      new ArmError({
        status: 404,
        code: 'RunNotFound',
        message: `The run '${nameOf(id)}' could not be found.`,
      }),
    async get(id) {
      const run = await runs.getRun(registryName(id), nameOf(id));
      return run && renderRun(parentOf(id)?.text ?? '', run);
    },
    list: (scope, context) =>
      translated(async () => {
        if (!isRegistry(scope)) return [];
        const found = await runs.listRuns(nameOf(scope), listOptions(context));
        return found.map((run) => renderRun(scope.text, run));
      }),
    patch: (id, body) =>
      translated(async () => {
        const run = await runs.updateRun(registryName(id), nameOf(id), runChange(body));
        return { created: false, resource: renderRun(parentOf(id)?.text ?? '', run) };
      }),
    actions: {
      listlogsasurl: (id, _body, context) =>
        translated(async () => ({
          status: 200,
          body: {
            logLink: await runs.logLink(registryName(id), nameOf(id), context.baseUrl),
            logArtifactLink: null,
          },
        })),
      cancel: (id) =>
        translated(async () => {
          await runs.cancelRun(registryName(id), nameOf(id));
          return { status: 200 };
        }),
    },
  };
}

/** `{"isArchiveEnabled": true}`; clients of other versions put it below `properties`. @throws TaskError */
function runChange(body: JsonObject): { isArchiveEnabled?: boolean } {
  const fields = isJsonObject(body['properties']) ? body['properties'] : body;
  const value = fields['isArchiveEnabled'];
  if (value === undefined || value === null) return {};
  if (typeof value === 'boolean') return { isArchiveEnabled: value };
  throw new TaskError(400, 'InvalidRunParameters', "'isArchiveEnabled' is not a boolean.");
}

function registryName(id: ResourceId): string {
  return id.names[0] ?? '';
}

function isRegistry(scope: ResourceId): boolean {
  return scope.type.toLowerCase() === 'microsoft.containerregistry/registries';
}

function listOptions({ query }: RequestContext): { top?: number; filter?: string } {
  const top = query?.get('$top') ?? undefined;
  const filter = query?.get('$filter') ?? undefined;
  if (top !== undefined && !/^\d{1,6}$/.test(top)) {
    throw new TaskError(400, 'InvalidQueryParameterValue', `'$top' is not a number: '${top}'.`);
  }
  return { ...(top !== undefined && { top: Number(top) }), ...(filter && { filter }) };
}
