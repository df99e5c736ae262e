import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { findRegistry, REGISTRY_API_VERSION, registryName } from '../acr/registries.js';
import {
  CHILD_ARGUMENTS,
  childPath,
  deleteChild,
  getChild,
  listChildren,
  sendChild,
  type RegistryChild,
} from '../acr/registry-child.js';
import { cell, objectsOf, timeCell } from '../acr/tables.js';
import { given } from '../acr/task-step.js';
import { WEBHOOK_EVENT } from '../acr/webhook-event.js';
import { parseTags, TAGS } from '../common-arguments.js';
import { textAt } from '../json-path.js';
import { fillShape } from '../sdk-shape.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';

const WEBHOOKS: RegistryChild = {
  kind: 'webhooks',
  fields: {
    tags: 'any',
    location: 'any',
    status: 'any',
    scope: 'any',
    actions: 'any',
    provisioningState: 'any',
  },
};

const NAME: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n'],
  required: true,
  help: 'The name of the webhook.',
};

const OPTIONS: readonly ArgumentSpec[] = [
  {
    name: 'headers',
    options: ['--headers'],
    kind: 'list',
    help: "Space-separated custom headers in 'key[=value]' format that will be added to the webhook notifications. Use '' to clear existing headers.",
  },
  {
    name: 'status',
    options: ['--status'],
    choices: ['disabled', 'enabled'],
    help: 'Indicates whether the webhook is enabled.',
  },
  {
    name: 'scope',
    options: ['--scope'],
    help: "The scope of repositories where the event can be triggered. For example, 'foo:*' means events for all tags under repository 'foo'. 'foo:bar' means events for 'foo:bar' only. 'foo' is equivalent to 'foo:latest'. Empty means events for all repositories.",
  },
  TAGS,
];
const URI: ArgumentSpec = {
  name: 'uri',
  options: ['--uri'],
  help: 'The service URI for the webhook to post notifications.',
};
const ACTIONS: ArgumentSpec = {
  name: 'actions',
  options: ['--actions'],
  kind: 'list',
  choices: ['push', 'delete', 'quarantine', 'chart_push', 'chart_delete'],
  help: 'Space-separated list of actions that trigger the webhook to post notifications.',
};

function bodyOf(args: ArgumentReader): JsonObject {
  const tags = args.list('tags');
  const headers = args.list('headers');
  return {
    ...(tags === undefined ? {} : { tags: parseTags(tags) }),
    properties: given({
      serviceUri: args.optional('uri'),
      actions: args.list('actions'),
      customHeaders: headers === undefined ? undefined : parseTags(headers),
      status: args.optional('status'),
      scope: args.optional('scope'),
    }),
  };
}

async function create(session: Session, args: ArgumentReader): Promise<Json> {
  const name = registryName(args.text('registry'));
  const registry = await findRegistry(session, name, args.optional('resourceGroup'));
  const location = args.optional('location') ?? textAt(registry.resource, 'location') ?? '';
  const body = { location, ...bodyOf(args) };
  return await sendChild(session, args, WEBHOOKS, { method: 'PUT', name: args.text('name'), body });
}

async function ask(session: Session, args: ArgumentReader, action: string): Promise<JsonObject> {
  const path = await childPath(session, args, WEBHOOKS, args.text('name'));
  return await session.armJson({
    method: 'POST',
    path: `${path}/${action}`,
    apiVersion: REGISTRY_API_VERSION,
  });
}

function table(result: Json): Json {
  return objectsOf(result).map((item) => ({
    NAME: cell(item, 'name'),
    LOCATION: cell(item, 'location'),
    ACTIONS: cell(item, 'actions'),
    SCOPE: cell(item, 'scope'),
    STATUS: cell(item, 'status'),
  }));
}

function eventTable(result: Json): Json {
  return objectsOf(result).map((event) => {
    const request = ['eventRequestMessage', 'content'] as const;
    const repository = cell(event, ...request, 'target', 'repository').trim();
    const tag = cell(event, ...request, 'target', 'tag').trim();
    const status = cell(event, 'eventResponseMessage', 'statusCode').trim();
    const reason = cell(event, 'eventResponseMessage', 'reasonPhrase').trim();
    return {
      ID: cell(event, 'id'),
      ACTION: cell(event, ...request, 'action'),
      IMAGE: repository && tag ? `${repository}:${tag}` : repository || ' ',
      'HTTP STATUS': status && reason ? `${status} ${reason}` : status || reason || ' ',
      TIMESTAMP: timeCell(event, ...request, 'timestamp'),
    };
  });
}

/** Commands on what is told of pushes and deletes. */
export const WEBHOOK_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr webhook create',
    summary: 'Create a webhook for an Azure Container Registry.',
    arguments: [
      NAME,
      ...CHILD_ARGUMENTS,
      { ...URI, required: true },
      { ...ACTIONS, required: true },
      {
        name: 'location',
        options: ['--location', '-l'],
        help: "Location. Default: the registry's.",
      },
      ...OPTIONS,
    ],
    examples: [
      {
        title: 'Create a webhook that will deliver docker push and delete events to a service URI.',
        command:
          'az acr webhook create -n mywebhook -r myregistry --uri http://myservice.com --actions push delete',
      },
    ],
    table,
    run: create,
  },
  {
    path: 'acr webhook update',
    summary: 'Update a webhook.',
    arguments: [NAME, ...CHILD_ARGUMENTS, URI, ACTIONS, ...OPTIONS],
    table,
    run: async (session, args) => {
      const name = args.text('name');
      return await sendChild(session, args, WEBHOOKS, {
        method: 'PATCH',
        name,
        body: bodyOf(args),
      });
    },
  },
  {
    path: 'acr webhook show',
    summary: 'Get the details of a webhook.',
    arguments: [NAME, ...CHILD_ARGUMENTS],
    table,
    run: async (session, args) => await getChild(session, args, WEBHOOKS),
  },
  {
    path: 'acr webhook list',
    summary: 'List all of the webhooks for an Azure Container Registry.',
    arguments: CHILD_ARGUMENTS,
    table,
    run: async (session, args) => await listChildren(session, args, WEBHOOKS),
  },
  {
    path: 'acr webhook delete',
    summary: 'Delete a webhook from an Azure Container Registry.',
    arguments: [NAME, ...CHILD_ARGUMENTS],
    run: async (session, args) => {
      await deleteChild(session, args, WEBHOOKS);
      return undefined;
    },
  },
  {
    path: 'acr webhook get-config',
    summary: 'Get the service URI and custom headers for the webhook.',
    arguments: [NAME, ...CHILD_ARGUMENTS],
    table: (result) =>
      objectsOf(result).map((item) => ({
        'SERVICE URI': cell(item, 'serviceUri'),
        HEADERS: cell(item, 'customHeaders'),
      })),
    run: async (session, args) => {
      const config = await ask(session, args, 'getCallbackConfig');
      return {
        serviceUri: config['serviceUri'] ?? null,
        customHeaders: config['customHeaders'] ?? null,
      };
    },
  },
  {
    path: 'acr webhook ping',
    summary: 'Trigger a ping event for a webhook.',
    arguments: [NAME, ...CHILD_ARGUMENTS],
    table: (result) => objectsOf(result).map((item) => ({ ID: cell(item, 'id') })),
    run: async (session, args) => {
      const { id } = await ask(session, args, 'ping');
      if (typeof id !== 'string') throw new AzError('The ping was answered without its id.');
      return { id };
    },
  },
  {
    path: 'acr webhook list-events',
    summary: 'List recent events for a webhook.',
    arguments: [NAME, ...CHILD_ARGUMENTS],
    table: eventTable,
    run: async (session, args) => {
      const path = await childPath(session, args, WEBHOOKS, args.text('name'));
      const events = await session.armList({
        method: 'POST',
        path: `${path}/listEvents`,
        apiVersion: REGISTRY_API_VERSION,
      });
      return events.map((event) => fillShape(event, WEBHOOK_EVENT, { keepUnknown: false }));
    },
  },
];
