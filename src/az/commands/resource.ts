import type { Json, JsonObject } from '../../base/json.js';
import { objectsOf } from '../acr/tables.js';
import { NO_WAIT, parseTags } from '../common-arguments.js';
import { valueAt } from '../json-path.js';
import {
  RESOURCE_ARGUMENTS,
  RESOURCES_API_VERSION,
  resourceIds,
  versionOf,
} from '../resource-lookup.js';
import { fillShape, type Shape } from '../sdk-shape.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';

const RESOURCE = {
  id: 'any',
  name: 'any',
  type: 'any',
  location: 'any',
  extendedLocation: 'any',
  tags: 'any',
  plan: 'any',
  properties: 'any',
  kind: 'any',
  managedBy: 'any',
  sku: { name: 'any', tier: 'any', size: 'any', family: 'any', model: 'any', capacity: 'any' },
  identity: {
    principalId: 'any',
    tenantId: 'any',
    type: 'any',
    userAssignedIdentities: { '*': { principalId: 'any', clientId: 'any' } },
  },
} as const satisfies Shape;
const SHOWN: Shape = { ...RESOURCE, systemData: 'any' };
const LISTED: Shape = {
  ...RESOURCE,
  createdTime: 'time',
  changedTime: 'time',
  provisioningState: 'any',
};

const API_VERSION: ArgumentSpec = {
  name: 'apiVersion',
  options: ['--api-version'],
  help: 'The api version of the resource (omit for the latest stable version).',
};

/** Does something for each of the resources that the arguments name: one result, or a list of them. */
async function forEach(
  session: Session,
  args: ArgumentReader,
  act: (id: string, apiVersion: string) => Promise<Json | undefined>,
): Promise<Json | undefined> {
  const results: Json[] = [];
  for (const id of resourceIds(session, args)) {
    const result = await act(id, args.optional('apiVersion') ?? (await versionOf(session, id)));
    if (result !== undefined) results.push(result);
  }
  return results.length > 1 ? results : results[0];
}

async function listResources(session: Session, args: ArgumentReader): Promise<Json> {
  const group = args.optional('resourceGroup');
  const scope = group === undefined ? '' : `/resourceGroups/${encodeURIComponent(group)}`;
  const filter = filterOf(args);
  const found = await session.armList({
    method: 'GET',
    path: `${session.subscription}${scope}/resources`,
    apiVersion: RESOURCES_API_VERSION,
    query: {
      $expand: 'createdTime,changedTime,provisioningState',
      ...(filter === '' ? {} : { $filter: filter }),
    },
  });
  return found.map((one) => fillShape(one, LISTED, { keepUnknown: true }));
}

function filterOf(args: ArgumentReader): string {
  const [key, value] = (args.optional('tag') ?? '').split('=');
  if (key) return `tagname eq '${key}'${value === undefined ? '' : ` and tagvalue eq '${value}'`}`;
  const clauses = (
    [
      ['name', 'name'],
      ['location', 'location'],
      ['resourceType', 'resourceType'],
    ] as const
  ).flatMap(([argument, field]) =>
    args.has(argument) ? [`${field} eq '${args.text(argument)}'`] : [],
  );
  return clauses.join(' and ');
}

async function tagResource(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const tags = parseTags(args.list('tags') ?? []);
  return await forEach(session, args, async (id, apiVersion) => {
    const known = await session.armJson({ method: 'GET', path: id, apiVersion });
    const merged = args.flag('incremental') ? { ...tagsOf(known), ...tags } : tags;
    const patched = await session.armOperation(
      { method: 'PATCH', path: id, apiVersion, body: { tags: merged } },
      { wait: true },
    );
    return fillShape(patched ?? {}, SHOWN, { keepUnknown: true });
  });
}

function tagsOf(resource: JsonObject): JsonObject {
  const tags = resource['tags'];
  return typeof tags === 'object' && tags !== null && !Array.isArray(tags) ? tags : {};
}

/** Commands on resources of any type. */
export const RESOURCE_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'resource show',
    summary: 'Get the details of a resource.',
    arguments: [...RESOURCE_ARGUMENTS, API_VERSION],
    examples: [
      {
        title: 'Show a registry.',
        command:
          'az resource show -g MyResourceGroup -n myregistry --resource-type Microsoft.ContainerRegistry/registries',
      },
    ],
    run: async (session, args) =>
      await forEach(session, args, async (id, apiVersion) =>
        fillShape(await session.armJson({ method: 'GET', path: id, apiVersion }), SHOWN, {
          keepUnknown: true,
        }),
      ),
  },
  {
    path: 'resource list',
    summary: 'List resources.',
    arguments: [
      {
        name: 'resourceGroup',
        options: ['--resource-group', '-g'],
        help: 'Name of resource group.',
      },
      { name: 'name', options: ['--name', '-n'], help: 'The resource name. (Ex: myC).' },
      { name: 'location', options: ['--location', '-l'], help: 'Location.' },
      {
        name: 'resourceType',
        options: ['--resource-type'],
        help: "The resource type, in namespace/type format (Ex: 'Microsoft.Provider/resC').",
      },
      { name: 'tag', options: ['--tag'], help: "A single tag in 'key[=value]' format." },
    ],
    table: (result) =>
      objectsOf(result).map((item) => ({
        Name: valueAt(item, 'name') ?? null,
        ResourceGroup: valueAt(item, 'resourceGroup') ?? null,
        Location: valueAt(item, 'location') ?? null,
        Type: valueAt(item, 'type') ?? null,
        Status: valueAt(item, 'provisioningState') ?? null,
      })),
    run: listResources,
  },
  {
    path: 'resource delete',
    summary: 'Delete a resource.',
    arguments: [...RESOURCE_ARGUMENTS, API_VERSION, NO_WAIT],
    run: async (session, args) =>
      await forEach(session, args, async (path, apiVersion) => {
        await session.armOperation(
          { method: 'DELETE', path, apiVersion },
          { wait: !args.flag('noWait') },
        );
        return undefined;
      }),
  },
  {
    path: 'resource tag',
    summary: 'Tag a resource.',
    arguments: [
      ...RESOURCE_ARGUMENTS,
      API_VERSION,
      {
        name: 'tags',
        options: ['--tags'],
        kind: 'list',
        mayBeEmpty: true,
        required: true,
        help: "Space-separated tags: key[=value] [key[=value] ...]. Use '' to clear existing tags.",
      },
      {
        name: 'incremental',
        options: ['--is-incremental', '-i'],
        kind: 'flag',
        help: 'The option to add tags incrementally without deleting the original tags.',
      },
    ],
    run: tagResource,
  },
];
