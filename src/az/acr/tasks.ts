import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { objectsAt, textAt } from '../json-path.js';
import { fillShape, type Shape } from '../sdk-shape.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { childPath, printedChild, type RegistryChild } from './registry-child.js';
import { cell, objectsOf } from './tables.js';
import { RUNS_API_VERSION } from './upload-source.js';

const STEP = {
  type: 'any',
  baseImageDependencies: 'any',
  contextPath: 'any',
  contextAccessToken: 'any',
} as const satisfies Shape;
const ARGUMENTS = [{ isSecret: 'any', name: 'any', value: 'any' }] as const;
const STEPS: Readonly<Record<string, Shape>> = {
  Docker: {
    ...STEP,
    arguments: ARGUMENTS,
    dockerFilePath: 'any',
    imageNames: 'any',
    isPushEnabled: 'any',
    noCache: 'any',
    target: 'any',
  },
  FileTask: { ...STEP, taskFilePath: 'any', valuesFilePath: 'any', values: ARGUMENTS },
  EncodedTask: {
    ...STEP,
    encodedTaskContent: 'any',
    encodedValuesContent: 'any',
    values: ARGUMENTS,
  },
};
const SOURCE: Shape = {
  sourceControlType: 'any',
  repositoryUrl: 'any',
  branch: 'any',
  sourceControlAuthProperties: {
    tokenType: 'any',
    token: 'any',
    refreshToken: 'any',
    scope: 'any',
    expiresIn: 'any',
  },
};
export const IDENTITY: Shape = {
  principalId: 'any',
  tenantId: 'any',
  type: 'any',
  userAssignedIdentities: { '*': { principalId: 'any', clientId: 'any' } },
};
const SECRET: Shape = { type: 'any', value: 'any' };
const TRIGGER: Shape = {
  timerTriggers: [{ schedule: 'any', status: 'any', name: 'any' }],
  sourceTriggers: [
    { sourceRepository: SOURCE, sourceTriggerEvents: 'any', status: 'any', name: 'any' },
  ],
  baseImageTrigger: {
    baseImageTriggerType: 'any',
    updateTriggerEndpoint: 'any',
    updateTriggerPayloadType: 'any',
    status: 'any',
    name: 'any',
  },
};

export const TASKS: RegistryChild = {
  kind: 'tasks',
  apiVersion: RUNS_API_VERSION,
  fields: {
    location: 'any',
    tags: 'any',
    identity: IDENTITY,
    provisioningState: 'any',
    creationDate: 'time',
    status: 'any',
    platform: { os: 'any', architecture: 'any', variant: 'any' },
    agentConfiguration: { cpu: 'any' },
    agentPoolName: 'any',
    timeout: 'any',
    step: 'any',
    trigger: TRIGGER,
    credentials: {
      sourceRegistry: 'any',
      customRegistries: { '*': { userName: SECRET, password: SECRET, identity: 'any' } },
    },
    logTemplate: 'any',
    isSystemTask: 'any',
  },
};

/** A task as the library prints it; what its step has depends on the step's kind. */
export function printedTask(task: JsonObject): JsonObject {
  const printed = printedChild(task, TASKS);
  const step = printed['step'];
  const shape = STEPS[textAt(step, 'type') ?? ''];
  if (!isJsonObject(step) || shape === undefined) return printed;
  return { ...printed, step: fillShape(step, shape, { keepUnknown: false }) };
}

/** The task that `--name` names, with its secrets. @throws AzError when there is none */
export async function taskDetails(session: Session, args: ArgumentReader): Promise<JsonObject> {
  const path = await childPath(session, args, TASKS, args.text('name'));
  return await session.armJson({
    method: 'POST',
    path: `${path}/listDetails`,
    apiVersion: RUNS_API_VERSION,
  });
}

/** PUT or PATCH of the task that `--name` names. */
export async function sendTask(
  session: Session,
  args: ArgumentReader,
  method: 'PUT' | 'PATCH',
  body: JsonObject,
): Promise<JsonObject> {
  const path = await childPath(session, args, TASKS, args.text('name'));
  return printedTask(await session.armJson({ method, path, apiVersion: RUNS_API_VERSION, body }));
}

export function taskTable(result: Json): Json {
  return objectsOf(result).map((task) => ({
    NAME: cell(task, 'name'),
    PLATFORM: cell(task, 'platform', 'os'),
    STATUS: cell(task, 'status'),
    'SOURCE REPOSITORY': cell(task, 'step', 'contextPath'),
    TRIGGERS: triggersOf(task),
  }));
}

function triggersOf(task: Json): string {
  const isOn = (trigger: Json | undefined): boolean =>
    (textAt(trigger, 'status') ?? '').toLowerCase() === 'enabled';
  const trigger = isJsonObject(task) ? (task['trigger'] ?? null) : null;
  const names = [
    ...(isJsonObject(trigger) && isOn(trigger['baseImageTrigger']) ? ['BASE_IMAGE'] : []),
    ...(isOn(objectsAt(trigger, 'sourceTriggers')[0]) ? ['SOURCE'] : []),
    ...(objectsAt(trigger, 'timerTriggers').some(isOn) ? ['TIMER'] : []),
  ];
  return names.length === 0 ? ' ' : names.join(', ');
}
