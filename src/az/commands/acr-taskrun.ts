import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { printedRun } from '../acr/queue-run.js';
import {
  CHILD_ARGUMENTS,
  childPath,
  deleteChild,
  printedChild,
  registryPathOf,
  type RegistryChild,
} from '../acr/registry-child.js';
import { showRunLog } from '../acr/run-log.js';
import { cell, durationCell, objectsOf, timeCell } from '../acr/tables.js';
import { IDENTITY } from '../acr/tasks.js';
import { RUNS_API_VERSION } from '../acr/upload-source.js';
import { YES } from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { textAt } from '../json-path.js';
import type { ArgumentSpec, CommandSpec } from '../spec.js';

const TASK_RUNS: RegistryChild = {
  kind: 'taskRuns',
  apiVersion: RUNS_API_VERSION,
  fields: {
    location: 'any',
    identity: IDENTITY,
    provisioningState: 'any',
    runRequest: 'any',
    runResult: 'any',
    forceUpdateTag: 'any',
  },
};

const NAME: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n'],
  required: true,
  help: 'The name of the taskrun.',
};

const PREVIEW =
  "Command group 'acr taskrun' is in preview and under development. Reference and support levels: https://aka.ms/CLI_refstatus";

function printed(taskRun: JsonObject): JsonObject {
  const shown = printedChild(taskRun, TASK_RUNS);
  const result = shown['runResult'];
  return isJsonObject(result) ? { ...shown, runResult: printedRun(result) } : shown;
}

function table(result: Json): Json {
  return objectsOf(result).map((item) => ({
    NAME: cell(item, 'name'),
    'RUN ID': cell(item, 'runResult', 'runId'),
    TASK: cell(item, 'runResult', 'task'),
    PLATFORM: cell(item, 'runResult', 'platform', 'os'),
    STATUS: cell(item, 'runResult', 'status'),
    STARTED: timeCell(item, 'runResult', 'startTime'),
    DURATION: durationCell(isJsonObject(item) ? (item['runResult'] ?? null) : null),
  }));
}

/** Runs that are resources of their own, as templates make them. */
export const TASK_RUN_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr taskrun list',
    summary: 'List the taskruns for an Azure Container Registry.',
    arguments: CHILD_ARGUMENTS,
    table,
    run: async (session, args) => {
      session.warn(PREVIEW);
      const path = await childPath(session, args, TASK_RUNS);
      const found = await session.armList({ method: 'GET', path, apiVersion: RUNS_API_VERSION });
      return found.map(printed);
    },
  },
  {
    path: 'acr taskrun show',
    summary: 'Get the properties of a named taskrun for an Azure Container Registry.',
    arguments: [NAME, ...CHILD_ARGUMENTS],
    table,
    run: async (session, args) => {
      session.warn(PREVIEW);
      const path = await childPath(session, args, TASK_RUNS, args.text('name'));
      return printed(await session.armJson({ method: 'GET', path, apiVersion: RUNS_API_VERSION }));
    },
  },
  {
    path: 'acr taskrun logs',
    summary: 'Show run logs for a particular taskrun.',
    arguments: [NAME, ...CHILD_ARGUMENTS],
    run: async (session, args) => {
      session.warn(PREVIEW);
      const path = await childPath(session, args, TASK_RUNS, args.text('name'));
      const found = await session.armJson({ method: 'GET', path, apiVersion: RUNS_API_VERSION });
      const id = textAt(found, 'properties', 'runResult', 'properties', 'runId') ?? '';
      await showRunLog(session, await registryPathOf(session, args), id);
      return undefined;
    },
  },
  {
    path: 'acr taskrun delete',
    summary: 'Delete a taskrun from an Azure Container Registry.',
    arguments: [NAME, ...CHILD_ARGUMENTS, YES],
    run: async (session, args) => {
      session.warn(PREVIEW);
      const name = args.text('name');
      await confirm(`Are you sure you want to delete the taskrun '${name}' `, args.flag('yes'));
      await deleteChild(session, args, TASK_RUNS);
      return undefined;
    },
  },
];
