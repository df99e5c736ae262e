import { isJsonObject, textOf, type Json, type JsonObject } from '../../base/json.js';

/** A task that is kept: what it does, and what starts it. */
export interface TaskDefinition {
  /** Lower-case name of its registry. */
  registry: string;
  /** e.g. `'nightly'` */
  name: string;
  enabled: boolean;
  /** As the resource has it, secrets included: type, contextPath, … */
  step: JsonObject;
  platform: JsonObject;
  agentConfiguration: JsonObject;
  timeout: number;
  agentPoolName?: string;
  /** Registries that its runs sign in to, passwords included. */
  credentials?: JsonObject;
  /** The identities that its runs may sign in as. */
  identity?: JsonObject;
  timers: readonly TimerTrigger[];
  baseImage?: BaseImageTrigger;
  sources: readonly SourceTrigger[];
}

export interface TimerTrigger {
  name: string;
  /** Five fields of cron, in UTC, e.g. `'0 21 * * *'`. */
  schedule: string;
  enabled: boolean;
}

export interface BaseImageTrigger {
  name: string;
  /** `Runtime` looks at what the last stage starts with, `All` at every image that was built on. */
  type: 'All' | 'Runtime';
  enabled: boolean;
}

export interface SourceTrigger {
  name: string;
  enabled: boolean;
  repositoryUrl: string;
  /** Any branch when absent. */
  branch?: string;
  events: readonly ('commit' | 'pullrequest')[];
  /** What a webhook has to know; nobody else does. */
  key: string;
}

const REQUEST_TYPES: Readonly<Record<string, string>> = {
  docker: 'DockerBuildRequest',
  filetask: 'FileTaskRunRequest',
  encodedtask: 'EncodedTaskRunRequest',
};

/**
 * The `scheduleRun` body of a task.
 *
 * @param overrides `overrideTaskStepProperties` of a `TaskRunRequest`
 */
export function requestOfTask(task: TaskDefinition, overrides: JsonObject = {}): JsonObject {
  const { step } = task;
  const file = overrides['file'];
  const type = textOf(step['type']).toLowerCase();
  const fileField = type === 'docker' ? 'dockerFilePath' : 'taskFilePath';
  return {
    ...step,
    type: REQUEST_TYPES[type] ?? textOf(step['type']),
    sourceLocation: overrides['contextPath'] ?? step['contextPath'] ?? null,
    platform: task.platform,
    agentConfiguration: task.agentConfiguration,
    timeout: task.timeout,
    arguments: merged(step['arguments'], overrides['arguments']),
    values: merged(step['values'], overrides['values']),
    ...(typeof file === 'string' && { [fileField]: file }),
    ...(typeof overrides['target'] === 'string' && { target: overrides['target'] }),
    ...(task.agentPoolName !== undefined && { agentPoolName: task.agentPoolName }),
    ...(task.credentials && { credentials: task.credentials }),
  };
}

/** Values by name; those of the request go first. */
function merged(own: Json | undefined, given: Json | undefined): Json[] {
  const byName = new Map<string, Json>();
  for (const list of [own, given]) {
    for (const item of Array.isArray(list) ? list : []) {
      if (isJsonObject(item)) byName.set(textOf(item['name']), item);
    }
  }
  return [...byName.values()];
}
