import { isJsonObject } from '../../base/json.js';
import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { parseTags } from '../common-arguments.js';
import { objectAt, objectsAt, textAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import {
  checkAppName,
  identityOf,
  memoryText,
  readEnvironment,
  registryEntry,
  wordsOf,
} from './create.js';
import { parseSecrets, parseVariables } from './flags.js';
import { APP_API_VERSION, groupPath } from './requests.js';
import { hideSensitiveValues } from './tables.js';

const DEFAULT_IMAGE = 'mcr.microsoft.com/k8se/quickstart:latest';

/** `…/providers/Microsoft.App/jobs/NAME`, with `suffix` such as `/executions` */
export function jobPath(session: Session, args: ArgumentReader, suffix = ''): string {
  const name = encodeURIComponent(args.text('name'));
  return `${groupPath(session, args.text('resourceGroup'))}/providers/Microsoft.App/jobs/${name}${suffix}`;
}

/** `az containerapp job create` */
export async function createJob(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const name = args.text('name');
  checkAppName(name);
  for (const [argument, option] of REQUIRED) {
    if (!args.has(argument)) throw new AzError(`Usage error: ${option} is required`);
  }
  const group = args.text('resourceGroup');
  const environment = await readEnvironment(session, group, args.optional('environment'));
  const secrets = args.has('secrets') ? parseSecrets(args.list('secrets') ?? []) : [];
  const registry = await registryEntry(session, args, secrets);
  const body: JsonObject = {
    location: environment['location'] ?? null,
    identity: identityOf(args),
    properties: {
      environmentId: environment['id'] ?? null,
      configuration: {
        ...triggerOf(args, args.text('triggerType')),
        triggerType: args.text('triggerType'),
        replicaTimeout: args.number('replicaTimeout') ?? null,
        replicaRetryLimit: args.number('replicaRetryLimit') ?? null,
        secrets: secrets.length > 0 ? secrets : null,
        registries: registry ? [registry] : null,
      },
      template: {
        containers: [{ image: DEFAULT_IMAGE, name, ...containerOf(args) }],
        initContainers: null,
        volumes: null,
      },
      workloadProfileName: args.optional('workloadProfileName') ?? null,
    },
    tags: args.has('tags') ? parseTags(args.list('tags') ?? []) : null,
  };
  return send(session, args, 'PUT', body);
}

const REQUIRED = [
  ['replicaTimeout', '--replica-timeout'],
  ['replicaRetryLimit', '--replica-retry-limit'],
] as const;

/** `az containerapp job update` */
export async function updateJob(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const job = await session.armJson({
    method: 'GET',
    path: jobPath(session, args),
    apiVersion: APP_API_VERSION,
    style: 'containerapp',
  });
  const kind = textAt(job, 'properties', 'configuration', 'triggerType') ?? 'Manual';
  const configuration: JsonObject = {
    ...triggerOf(args, kind),
    ...(args.has('replicaTimeout') && { replicaTimeout: args.number('replicaTimeout') ?? null }),
    ...(args.has('replicaRetryLimit') && {
      replicaRetryLimit: args.number('replicaRetryLimit') ?? null,
    }),
  };
  const changes = containerOf(args);
  const containers = objectsAt(objectAt(objectAt(job, 'properties'), 'template'), 'containers');
  const wanted = args.optional('containerName') ?? textAt(containers[0], 'name');
  const body: JsonObject = {
    properties: {
      configuration,
      ...(Object.keys(changes).length > 0 && {
        template: {
          containers: containers.map((container) =>
            container['name'] === wanted ? merged(container, changes) : container,
          ),
        },
      }),
    },
    ...(args.has('tags') && { tags: parseTags(args.list('tags') ?? []) }),
  };
  return send(session, args, 'PATCH', body);
}

/** Variables are added to those that are there, all else takes the place of what was. */
function merged(container: JsonObject, changes: JsonObject): JsonObject {
  const { env, resources, ...rest } = changes;
  const before = objectsAt(container, 'env');
  const added = Array.isArray(env) ? env.filter((each) => isJsonObject(each)) : [];
  const kept = before.filter(({ name }) => !added.some((each) => each['name'] === name));
  const known = container['resources'];
  return {
    ...container,
    ...rest,
    ...(added.length > 0 && { env: [...kept, ...added] }),
    ...(isJsonObject(resources) && {
      resources: { ...(isJsonObject(known) ? known : {}), ...resources },
    }),
  };
}

async function send(
  session: Session,
  args: ArgumentReader,
  method: 'PUT' | 'PATCH',
  body: JsonObject,
): Promise<Json | undefined> {
  const job = await session.armOperation(
    {
      method,
      path: jobPath(session, args),
      apiVersion: APP_API_VERSION,
      body,
      style: 'containerapp',
    },
    { wait: !args.flag('noWait') },
  );
  return job ? hideSensitiveValues(job) : undefined;
}

/** `az containerapp job start` */
export async function startJob(session: Session, args: ArgumentReader): Promise<Json> {
  const changes = containerOf(args);
  const name = args.optional('containerName') ?? args.text('name');
  const body = Object.keys(changes).length > 0 ? { containers: [{ name, ...changes }] } : undefined;
  return await session.armJson({
    method: 'POST',
    path: jobPath(session, args, '/start'),
    apiVersion: APP_API_VERSION,
    style: 'containerapp',
    ...(body && { body }),
  });
}

/** `az containerapp job stop` */
export async function stopJob(session: Session, args: ArgumentReader): Promise<Json> {
  const execution = args.optional('jobExecutionName');
  const suffix = execution === undefined ? '/stop' : `/stop/${encodeURIComponent(execution)}`;
  const answer = await session.armJson({
    method: 'POST',
    path: jobPath(session, args, suffix),
    apiVersion: APP_API_VERSION,
    style: 'containerapp',
  });
  return execution === undefined ? answer : `Job Execution: ${execution}, stopped successfully.`;
}

/** Only what was given. */
function containerOf(args: ArgumentReader): JsonObject {
  const cpu = args.number('cpu');
  const memory = memoryText(args.optional('memory'));
  const image = args.optional('image');
  const name = args.optional('containerName');
  return {
    ...(image !== undefined && { image }),
    ...(name !== undefined && { name }),
    ...(args.has('command') && { command: wordsOf(args, 'command') }),
    ...(args.has('args') && { args: wordsOf(args, 'args') }),
    ...(args.has('envVars') && { env: parseVariables(args.list('envVars') ?? []) }),
    ...((cpu !== undefined || memory !== undefined) && {
      resources: { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) },
    }),
  };
}

function triggerOf(args: ArgumentReader, kind: string): JsonObject {
  const parallelism = args.number('parallelism');
  const replicaCompletionCount = args.number('replicaCompletionCount');
  const cronExpression = args.optional('cronExpression');
  const config: JsonObject = {
    ...(parallelism !== undefined && { parallelism }),
    ...(replicaCompletionCount !== undefined && { replicaCompletionCount }),
    ...(cronExpression !== undefined && { cronExpression }),
  };
  if (Object.keys(config).length === 0) return {};
  return { [`${kind.toLowerCase()}TriggerConfig`]: config };
}
