import type { Json } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { sdkError } from '../arm-error.js';
import { NO_WAIT, parseTags, TAGS, YES } from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { fillShape, type Shape } from '../sdk-shape.js';
import type { Session } from '../session.js';
import type { ArgumentSpec, CommandSpec } from '../spec.js';

const API_VERSION = '2024-11-01';

const GROUP_SHAPE: Shape = {
  id: 'any',
  name: 'any',
  type: 'any',
  properties: { provisioningState: 'any' },
  location: 'any',
  managedBy: 'any',
  tags: 'any',
};

const NAME: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n', '--resource-group', '-g'],
  required: true,
  environment: 'AZURE_DEFAULTS_GROUP',
  help: 'Name of resource group. You can configure the default group using `az configure --defaults group=<name>`.',
};

function groupPath(session: Session, name: string): string {
  return `${session.subscription}/resourcegroups/${encodeURIComponent(name)}`;
}

function shaped(group: Json): Json {
  return fillShape(group, GROUP_SHAPE, { keepUnknown: true });
}

export const GROUP_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'group create',
    summary: 'Create a new resource group.',
    arguments: [
      { ...NAME, environment: '', help: 'Name of the new resource group.' },
      {
        name: 'location',
        options: ['--location', '-l'],
        required: true,
        environment: 'AZURE_DEFAULTS_LOCATION',
        help: 'Location. Values from: `az account list-locations`. You can configure the default location using `az configure --defaults location=<location>`.',
      },
      {
        name: 'managedBy',
        options: ['--managed-by'],
        help: 'The ID of the resource that manages this resource group.',
      },
      TAGS,
    ],
    examples: [
      {
        title: 'Create a new resource group in the West US region.',
        command: 'az group create -l westus -n MyResourceGroup',
      },
    ],
    run: async (session, args) => {
      const tags = args.list('tags');
      const managedBy = args.optional('managedBy');
      return shaped(
        await session.armJson({
          method: 'PUT',
          path: groupPath(session, args.text('name')),
          apiVersion: API_VERSION,
          body: {
            location: args.text('location'),
            ...(managedBy === undefined ? {} : { managedBy }),
            ...(tags === undefined ? {} : { tags: parseTags(tags) }),
          },
        }),
      );
    },
  },
  {
    path: 'group show',
    summary: 'Gets a resource group.',
    arguments: [NAME],
    run: async (session, args) =>
      shaped(
        await session.armJson({
          method: 'GET',
          path: groupPath(session, args.text('name')),
          apiVersion: API_VERSION,
        }),
      ),
  },
  {
    path: 'group list',
    summary: 'List resource groups.',
    arguments: [
      {
        name: 'tag',
        options: ['--tag'],
        help: "A single tag in 'key[=value]' format. Use '' to clear existing tags.",
      },
    ],
    table: (result) =>
      (Array.isArray(result) ? result : []).filter(isJsonObject).map((group) => ({
        Name: group['name'] ?? null,
        Location: group['location'] ?? null,
        Status: stateOf(group['properties'] ?? null),
      })),
    run: async (session, args) => {
      const [key, value] = (args.optional('tag') ?? '').split('=');
      const filter = key ? `tagname eq '${key}'${value ? ` and tagvalue eq '${value}'` : ''}` : '';
      const groups = await session.armList({
        method: 'GET',
        path: `${session.subscription}/resourcegroups`,
        apiVersion: API_VERSION,
        ...(filter === '' ? {} : { query: { $filter: filter } }),
      });
      return groups.map(shaped);
    },
  },
  {
    path: 'group exists',
    summary: 'Check if a resource group exists.',
    arguments: [NAME],
    examples: [
      {
        title: "Check if 'MyResourceGroup' exists.",
        command: 'az group exists -n MyResourceGroup',
      },
    ],
    run: async (session, args) => {
      const response = await session.exchange({
        method: 'HEAD',
        path: groupPath(session, args.text('name')),
        apiVersion: API_VERSION,
      });
      if (response.status === 204) return true;
      if (response.status === 404) return false;
      throw sdkError(response);
    },
  },
  {
    path: 'group delete',
    summary: 'Delete a resource group.',
    arguments: [NAME, NO_WAIT, YES],
    examples: [
      { title: 'Delete a resource group.', command: 'az group delete -n MyResourceGroup' },
    ],
    run: async (session, args) => {
      await confirm('Are you sure you want to perform this operation?', args.flag('yes'));
      await session.armOperation(
        { method: 'DELETE', path: groupPath(session, args.text('name')), apiVersion: API_VERSION },
        { wait: !args.flag('noWait') },
      );
      return undefined;
    },
  },
];

function stateOf(properties: Json): Json {
  return isJsonObject(properties) ? (properties['provisioningState'] ?? null) : null;
}
