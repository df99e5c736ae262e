import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { objectAt, objectsAt, textAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { platformOf } from './build.js';
import { findRegistry, registryName } from './registries.js';
import { identityOf } from './task-identity.js';
import { changedStep, given, newStep } from './task-step.js';
import { sendTask, taskDetails } from './tasks.js';

const NO_SOURCE = '/dev/null';

/** `az acr task create` */
export async function createTask(session: Session, args: ArgumentReader): Promise<Json> {
  const name = registryName(args.text('registry'));
  const registry = await findRegistry(session, name, args.optional('resourceGroup'));
  const source = args.optional('context');
  if (source === undefined) {
    throw new AzError('If the task is not a System Task, --context must be provided.');
  }
  const context = source.toLowerCase() === NO_SOURCE ? undefined : source;
  const events = context === undefined || /^oci:\/\//i.test(context) ? [] : newEvents(args);
  if (events.length > 0 && !args.has('gitAccessToken')) {
    throw new AzError(
      'If source control trigger is enabled [--commit-trigger-enabled] or [--pull-request-trigger-enabled] --git-access-token must be provided.',
    );
  }
  if (args.has('cmd') && args.has('file')) {
    throw new AzError(
      'Task can be created with either --cmd myCommand -c /dev/null or -f myFile -c myContext, but not both.',
    );
  }
  const identities = args.list('assignIdentity');
  return await sendTask(session, args, 'PUT', {
    location: registry.resource['location'] ?? null,
    ...(identities !== undefined && { identity: identityOf(identities) }),
    properties: given({
      step: newStep(args, context),
      platform: platformOf(args.optional('platform')),
      status: args.optional('status') ?? 'Enabled',
      timeout: args.number('timeout') ?? 3600,
      agentConfiguration: { cpu: args.number('cpu') ?? 2 },
      agentPoolName: args.optional('agentPool'),
      credentials: credentialsOf(args),
      isSystemTask: false,
      trigger: given({
        sourceTriggers: context === undefined ? undefined : sourceTriggers(args, context, events),
        timerTriggers: args.has('schedule') ? timersOf(args.list('schedule') ?? []) : undefined,
        baseImageTrigger:
          args.state('baseImageTriggerEnabled') === false ? undefined : baseImage(args),
      }),
    }),
  });
}

/** `az acr task update`: a patch; a step or a trigger that is there needs all of its parts. */
export async function updateTask(session: Session, args: ArgumentReader): Promise<Json> {
  const known = objectAt(await taskDetails(session, args), 'properties');
  const source = args.optional('context') ?? textAt(known, 'step', 'contextPath');
  const context = source?.toLowerCase() === NO_SOURCE ? undefined : source;
  const platform = args.optional('platform');
  const cpu = args.number('cpu');
  return await sendTask(session, args, 'PATCH', {
    properties: given({
      status: args.optional('status'),
      timeout: args.number('timeout'),
      agentPoolName: args.optional('agentPool'),
      platform: platform === undefined ? undefined : platformOf(platform),
      agentConfiguration: cpu === undefined ? undefined : { cpu },
      credentials: args.has('authMode') ? credentialsOf(args) : undefined,
      step: changedStep(args, context, objectAt(known, 'step')),
      trigger: changedTrigger(args, context, known['trigger']),
    }),
  });
}

function newEvents(args: ArgumentReader): string[] {
  return [
    ...(args.state('commitTriggerEnabled') === false ? [] : ['commit']),
    ...(args.state('pullRequestTriggerEnabled') === true ? ['pullrequest'] : []),
  ];
}

function sourceTriggers(
  args: ArgumentReader,
  context: string,
  events: string[],
): JsonObject[] | undefined {
  if (events.length === 0) return undefined;
  return [
    {
      name: args.optional('sourceTriggerName') ?? 'defaultSourceTriggerName',
      status: 'Enabled',
      sourceTriggerEvents: events,
      sourceRepository: {
        sourceControlType: controlType(context),
        repositoryUrl: context,
        branch: branchOf(context) ?? 'master',
        sourceControlAuthProperties: {
          token: args.text('gitAccessToken'),
          tokenType: 'PAT',
          scope: 'repo',
        },
      },
    },
  ];
}

function controlType(context: string): string {
  return /github\.com/i.test(context) ? 'Github' : 'VisualStudioTeamService';
}

function branchOf(context: string): string | undefined {
  const branch = /#([^:\n\s]*)/.exec(context)?.[1];
  return branch === '' ? undefined : branch;
}

function baseImage(args: ArgumentReader): JsonObject {
  return given({
    name: args.optional('baseImageTriggerName') ?? 'defaultBaseimageTriggerName',
    status: 'Enabled',
    baseImageTriggerType: args.optional('baseImageTriggerType') ?? 'Runtime',
    updateTriggerPayloadType: 'Default',
  });
}

/** `['0 0 * * *', 'nightly:0 1 * * *']`; those without a name are `t1`, `t2`… by their place. */
function timersOf(schedules: readonly string[]): JsonObject[] {
  return schedules.map((text, index) => {
    const [first = '', second] = text.split(':');
    const name = second === undefined ? `t${index + 1}` : first.trim();
    return { name, schedule: second ?? text, status: 'Enabled' };
  });
}

function changedTrigger(
  args: ArgumentReader,
  context: string | undefined,
  known: Json | undefined,
): JsonObject | undefined {
  if (!isJsonObject(known)) return undefined;
  const [source] = objectsAt(known, 'sourceTriggers');
  const wantsSource =
    args.state('commitTriggerEnabled') === true || args.state('pullRequestTriggerEnabled') === true;
  const isBaseImage = args.state('baseImageTriggerEnabled');
  const base = known['baseImageTrigger'];
  return given({
    sourceTriggers: source || wantsSource ? [changedSource(args, context, source)] : undefined,
    baseImageTrigger:
      isBaseImage === true || isJsonObject(base)
        ? given({
            name: textAt(base, 'name') ?? 'defaultBaseimageTriggerName',
            baseImageTriggerType: args.optional('baseImageTriggerType'),
            status: isBaseImage === undefined ? undefined : isBaseImage ? 'Enabled' : 'Disabled',
          })
        : undefined,
  });
}

function changedSource(
  args: ArgumentReader,
  context: string | undefined,
  source: JsonObject | undefined,
): JsonObject {
  const events = changedEvents(args, source);
  const repository = objectAt(source, 'sourceRepository');
  const token =
    args.optional('gitAccessToken') ?? textAt(repository, 'sourceControlAuthProperties', 'token');
  const branch = branchOf(args.optional('context') ?? '') ?? textAt(repository, 'branch');
  return {
    name: textAt(source, 'name') ?? 'defaultSourceTriggerName',
    status: events.length > 0 ? 'Enabled' : 'Disabled',
    sourceTriggerEvents: events,
    sourceRepository: given({
      sourceControlType: context === undefined ? undefined : controlType(context),
      repositoryUrl: context,
      branch,
      sourceControlAuthProperties: given({ token, tokenType: 'PAT' }),
    }),
  };
}

function changedEvents(args: ArgumentReader, source: JsonObject | undefined): string[] {
  const known = source?.['status'] === 'Disabled' ? [] : source?.['sourceTriggerEvents'];
  const events = new Set(
    Array.isArray(known) ? known.filter((one) => typeof one === 'string') : [],
  );
  for (const [argument, event] of [
    ['commitTriggerEnabled', 'commit'],
    ['pullRequestTriggerEnabled', 'pullrequest'],
  ] as const) {
    const isOn = args.state(argument);
    if (isOn === true) events.add(event);
    if (isOn === false) events.delete(event);
  }
  return [...events];
}

function credentialsOf(args: ArgumentReader): JsonObject {
  const mode = args.optional('authMode');
  return mode === undefined ? {} : { sourceRegistry: { loginMode: mode } };
}
