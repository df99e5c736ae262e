import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { parseTags } from '../common-arguments.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { checkSuffix, memoryText, wordsOf } from './create.js';
import { parseVariables } from './flags.js';
import { APP_API_VERSION, appPath, getApp, requireApp } from './requests.js';
import { appOfRevision } from './revision-name.js';
import { hideSensitiveValues } from './tables.js';
import { objectAt, textAt, objectsAt } from '../json-path.js';

const CONTAINER_ARGUMENTS = [
  'image',
  'containerName',
  'setEnvVars',
  'removeEnvVars',
  'replaceEnvVars',
  'removeAllEnvVars',
  'cpu',
  'memory',
  'command',
  'args',
];

/** `az containerapp update`: reads the app, edits its containers, and sends a merge patch. */
export async function updateApp(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const app = await patchTemplate(session, args, { name: args.text('name') });
  return app && hideSensitiveValues(app);
}

/** `az containerapp revision copy`: the same, beginning with another revision's template. */
export async function copyRevision(
  session: Session,
  args: ArgumentReader,
): Promise<Json | undefined> {
  const from = args.optional('fromRevision');
  const name = args.optional('name') ?? (from === undefined ? undefined : appOfRevision(from));
  if (name === undefined) {
    throw new AzError('Usage error: --name is required if not using --from-revision.');
  }
  return await patchTemplate(session, args, { name, from });
}

async function patchTemplate(
  session: Session,
  args: ArgumentReader,
  options: { name: string; from?: string | undefined },
): Promise<JsonObject | undefined> {
  const { name, from } = options;
  const group = args.text('resourceGroup');
  checkSuffix(args.optional('revisionSuffix'));
  checkMaximum(args.number('maxReplicas'));
  const app = await requireApp(session, group, name);
  const template = from === undefined ? {} : await templateOf(session, group, name, from);
  const wait = !args.flag('noWait');
  const patched = await session.armOperation(
    {
      method: 'PATCH',
      path: appPath(session, group, name),
      apiVersion: APP_API_VERSION,
      body: updatePatch(app, args, template),
      style: 'containerapp',
    },
    { wait },
  );
  if (!wait || patched === undefined) return undefined;
  const state = objectAt(patched, 'properties')['provisioningState'];
  if (typeof state === 'string' && state.toLowerCase() === 'waiting') {
    session.warn(
      `Containerapp update in progress. Please monitor the update using \`az containerapp show -n ${name} -g ${group}\``,
    );
  }
  return patched;
}

async function templateOf(
  session: Session,
  group: string,
  name: string,
  revision: string,
): Promise<JsonObject> {
  const found = await getApp(session, group, name, `/revisions/${encodeURIComponent(revision)}`);
  return objectAt(found, 'properties', 'template');
}

function checkMaximum(maximum: number | undefined): void {
  if (maximum !== undefined && (maximum < 1 || maximum > 1000)) {
    throw new AzError('--max-replicas must be in the range [1,1000]');
  }
}

/** The merge patch for what was asked; `revisionSuffix` is always in it, null for a generated one. */
export function updatePatch(
  app: JsonObject,
  args: ArgumentReader,
  from: JsonObject = {},
): JsonObject {
  const template: JsonObject = { ...from, revisionSuffix: args.optional('revisionSuffix') ?? null };
  if (CONTAINER_ARGUMENTS.some((argument) => args.has(argument))) {
    template['containers'] = editContainers(
      objectsAt(app, 'properties', 'template', 'containers'),
      args,
    );
  }
  const minimum = args.number('minReplicas');
  const maximum = args.number('maxReplicas');
  if (minimum !== undefined || maximum !== undefined) {
    template['scale'] = {
      ...(minimum === undefined ? {} : { minReplicas: minimum }),
      ...(maximum === undefined ? {} : { maxReplicas: maximum }),
    };
  }
  const tags = args.list('tags');
  return {
    properties: { template },
    ...(tags === undefined ? {} : { tags: { ...objectAt(app, 'tags'), ...parseTags(tags) } }),
  };
}

function editContainers(containers: JsonObject[], args: ArgumentReader): Json[] {
  for (const container of containers) {
    for (const variable of objectsAt(container, 'env')) variable['value'] ??= '';
  }
  const name = args.optional('containerName') ?? onlyName(containers);
  const existing = containers.find(
    (item) => (textAt(item, 'name') ?? '').toLowerCase() === name.toLowerCase(),
  );
  if (existing) {
    editContainer(existing, args);
    return containers;
  }
  if (args.optional('image') === undefined) {
    throw new AzError('Usage error: --image is required when adding a new container');
  }
  const added: JsonObject = {
    image: null,
    name,
    command: null,
    args: null,
    env: [],
    resources: null,
    volumeMounts: null,
  };
  editContainer(added, args);
  return [...containers, added];
}

function onlyName(containers: JsonObject[]): string {
  const [only, ...others] = containers;
  if (only && others.length === 0) return textAt(only, 'name') ?? '';
  throw new AzError(
    'Usage error: --container-name is required when adding or updating a container',
  );
}

function editContainer(container: JsonObject, args: ArgumentReader): void {
  const image = args.optional('image');
  if (image !== undefined) container['image'] = image;
  editVariables(container, args);
  if (args.has('command')) container['command'] = wordsOf(args, 'command');
  if (args.has('args')) container['args'] = wordsOf(args, 'args');
  const cpu = args.number('cpu');
  const memory = memoryText(args.optional('memory'));
  if (cpu === undefined && memory === undefined) return;
  container['resources'] = {
    ...objectAt(container, 'resources'),
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
  };
}

function editVariables(container: JsonObject, args: ArgumentReader): void {
  let variables = objectsAt(container, 'env');
  const set = args.list('setEnvVars') ?? [];
  const replace = args.list('replaceEnvVars');
  const remove = args.list('removeEnvVars') ?? [];
  if (args.flag('removeAllEnvVars')) variables = [];
  if (replace) variables = [];
  for (const variable of [...parseVariables(set), ...parseVariables(replace ?? [])]) {
    const at = variables.findIndex((item) => item['name'] === variable['name']);
    if (at === -1) variables.push(variable);
    else variables[at] = variable;
  }
  variables = variables.filter((item) => !remove.includes(textAt(item, 'name') ?? ''));
  const touched = ['setEnvVars', 'replaceEnvVars', 'removeEnvVars', 'removeAllEnvVars'];
  if (touched.some((argument) => args.has(argument))) container['env'] = variables;
}
