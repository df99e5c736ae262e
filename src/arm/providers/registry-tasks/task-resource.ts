import { randomBytes } from 'node:crypto';
import { isJsonObject, textOf, type Json, type JsonObject } from '../../../base/json.js';
import type {
  BaseImageTrigger,
  SourceTrigger,
  TaskDefinition,
  TimerTrigger,
} from '../../../tasks/definitions/task-definition.js';
import { parseCron } from '../../../tasks/triggers/cron-schedule.js';
import { parseLogins } from '../../../tasks/runs/registry-logins.js';
import { ArmError } from '../../errors.js';
import { refusing } from '../registry-runs/task-refusals.js';
import type { Resource } from '../../provider.js';
import { nameOf, type ResourceId } from '../../resource-id.js';

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]{3,48})[A-Za-z0-9]$/;
const STEP_TYPES = ['Docker', 'FileTask', 'EncodedTask'];
const MAX_TIMEOUT_SECONDS = 28_800;
const DEFAULT_TIMEOUT_SECONDS = 3_600;

function invalid(what: string): ArmError {
  return new ArmError({ status: 400, code: 'InvalidTaskParameters', message: what });
}

/**
 * The properties of a task as they are stored, secrets included.
 *
 * @throws ArmError 400 InvalidTaskParameters
 */
export function taskProperties(
  id: ResourceId,
  given: JsonObject,
  existing: JsonObject | undefined,
  now: Date,
): JsonObject {
  if (!NAME.test(nameOf(id))) {
    throw invalid(
      `The task name '${nameOf(id)}' is not valid: 5 to 50 letters, digits and dashes.`,
    );
  }
  const timeout = given['timeout'] ?? DEFAULT_TIMEOUT_SECONDS;
  if (typeof timeout !== 'number' || timeout < 300 || timeout > MAX_TIMEOUT_SECONDS) {
    throw invalid(`'timeout' must be from 300 to ${MAX_TIMEOUT_SECONDS} seconds.`);
  }
  const isSystemTask = given['isSystemTask'] === true;
  return {
    provisioningState: 'Succeeded',
    creationDate: existing?.['creationDate'] ?? now.toISOString(),
    status: given['status'] === 'Disabled' ? 'Disabled' : 'Enabled',
    platform: isJsonObject(given['platform'])
      ? given['platform']
      : { os: 'linux', architecture: 'amd64' },
    agentConfiguration: isJsonObject(given['agentConfiguration'])
      ? given['agentConfiguration']
      : { cpu: 2 },
    agentPoolName: given['agentPoolName'] ?? null,
    timeout,
    step: isSystemTask ? null : stepOf(given['step']),
    trigger: triggerOf(given['trigger'], existing?.['trigger']),
    credentials: credentialsOf(given['credentials']),
    logTemplate: given['logTemplate'] ?? null,
    isSystemTask,
  };
}

/** @throws ArmError for logins that no run could use */
function credentialsOf(given: Json | undefined): Json {
  if (given === undefined || given === null) return null;
  if (!isJsonObject(given)) throw invalid("'credentials' is no object.");
  refusing(() => parseLogins(given));
  return given;
}

function stepOf(step: Json | undefined): JsonObject {
  if (!isJsonObject(step)) throw invalid("'step' is missing.");
  const type = STEP_TYPES.find((known) => known === step['type']);
  if (type === undefined) throw invalid(`The step type is none of ${STEP_TYPES.join(', ')}.`);
  const needed = {
    Docker: 'dockerFilePath',
    FileTask: 'taskFilePath',
    EncodedTask: 'encodedTaskContent',
  };
  const field = needed[type as keyof typeof needed];
  if (textOf(step[field]) === '') throw invalid(`A step of type ${type} needs '${field}'.`);
  return step;
}

function triggerOf(given: Json | undefined, existing: Json | undefined): JsonObject | null {
  if (!isJsonObject(given)) return null;
  const before = isJsonObject(existing) ? existing : {};
  const timers = listOf(given['timerTriggers']).map((timer) => timerOf(timer));
  const sources = listOf(given['sourceTriggers']).map((source) => sourceOf(source, before));
  return {
    timerTriggers: timers,
    sourceTriggers: sources,
    baseImageTrigger: isJsonObject(given['baseImageTrigger']) ? given['baseImageTrigger'] : null,
  };
}

function timerOf(timer: JsonObject): JsonObject {
  const schedule = textOf(timer['schedule']);
  if (parseCron(schedule) === undefined) {
    throw invalid(
      `The timer schedule '${schedule}' is not valid: five fields of cron, in UTC, like '0 21 * * *'.`,
    );
  }
  return { ...timer, schedule, status: timer['status'] ?? 'Enabled' };
}

/** The key of a trigger stays as long as the trigger does. */
function sourceOf(source: JsonObject, before: JsonObject): JsonObject {
  const old = listOf(before['sourceTriggers']).find((one) => one['name'] === source['name']);
  const key = textOf(source['key']) || textOf(old?.['key']) || randomBytes(16).toString('hex');
  if (!isJsonObject(source['sourceRepository'])) {
    throw invalid("A source trigger needs a 'sourceRepository'.");
  }
  return { ...source, status: source['status'] ?? 'Enabled', key };
}

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** What the stored task means to whoever runs tasks. */
export function definitionOf(id: ResourceId, { properties, identity }: Resource): TaskDefinition {
  const trigger = isJsonObject(properties['trigger']) ? properties['trigger'] : {};
  const object = (field: string): JsonObject => {
    const value = properties[field];
    return isJsonObject(value) ? value : {};
  };
  const baseImage = baseImageOf(trigger['baseImageTrigger']);
  const pool = textOf(properties['agentPoolName']);
  return {
    registry: (id.names[0] ?? '').toLowerCase(),
    name: nameOf(id),
    enabled: properties['status'] === 'Enabled',
    step: object('step'),
    platform: object('platform'),
    agentConfiguration: object('agentConfiguration'),
    timeout: Number(properties['timeout']),
    ...(pool !== '' && { agentPoolName: pool }),
    ...(isJsonObject(properties['credentials']) && { credentials: properties['credentials'] }),
    ...(isJsonObject(identity) && { identity }),
    timers: listOf(trigger['timerTriggers']).map((timer): TimerTrigger => ({
      name: textOf(timer['name']),
      schedule: textOf(timer['schedule']),
      enabled: timer['status'] === 'Enabled',
    })),
    ...(baseImage && { baseImage }),
    sources: listOf(trigger['sourceTriggers']).map((source) => sourceTrigger(source)),
  };
}

function baseImageOf(value: Json | undefined): BaseImageTrigger | undefined {
  if (!isJsonObject(value)) return undefined;
  return {
    name: textOf(value['name']),
    type: value['baseImageTriggerType'] === 'All' ? 'All' : 'Runtime',
    enabled: value['status'] !== 'Disabled',
  };
}

function sourceTrigger(source: JsonObject): SourceTrigger {
  const repository = isJsonObject(source['sourceRepository']) ? source['sourceRepository'] : {};
  const branch = textOf(repository['branch']);
  const events = Array.isArray(source['sourceTriggerEvents']) ? source['sourceTriggerEvents'] : [];
  return {
    name: textOf(source['name']),
    enabled: source['status'] === 'Enabled',
    repositoryUrl: textOf(repository['repositoryUrl']),
    ...(branch !== '' && { branch }),
    events: (['commit', 'pullrequest'] as const).filter((event) => events.includes(event)),
    key: textOf(source['key']),
  };
}
