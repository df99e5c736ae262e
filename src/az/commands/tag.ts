import type { Json } from '../../base/json.js';
import { parseTags, YES } from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { RESOURCES_API_VERSION } from '../resource-lookup.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';

const SCOPE: ArgumentSpec = {
  name: 'resourceId',
  options: ['--resource-id'],
  required: true,
  help: 'The resource identifier for the tagged entity. A resource, a resource group or a subscription may be tagged.',
};
const TAGS: ArgumentSpec = {
  name: 'tags',
  options: ['--tags'],
  kind: 'list',
  mayBeEmpty: true,
  required: true,
  help: 'The tags to be applied on the resource: key[=value] [key[=value] ...].',
};

function tagsPath(args: ArgumentReader): string {
  return `${args.text('resourceId').replace(/\/$/, '')}/providers/Microsoft.Resources/tags/default`;
}

async function send(
  session: Session,
  args: ArgumentReader,
  method: 'GET' | 'PUT' | 'PATCH',
  operation?: string,
): Promise<Json> {
  const properties = { tags: parseTags(args.list('tags') ?? []) };
  const body = { ...(operation === undefined ? {} : { operation }), properties };
  const path = tagsPath(args);
  if (method === 'GET') {
    return await session.armJson({ method, path, apiVersion: RESOURCES_API_VERSION });
  }
  return await session.armJson({ method, path, apiVersion: RESOURCES_API_VERSION, body });
}

/** Tags of whatever has an id. */
export const TAG_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'tag list',
    summary: 'List the entire set of tags on a resource or subscription.',
    arguments: [SCOPE],
    run: async (session, args) => await send(session, args, 'GET'),
  },
  {
    path: 'tag create',
    summary: 'Create tags on a specific resource.',
    arguments: [SCOPE, TAGS],
    examples: [
      {
        title: 'Create or update the entire set of tags on a resource.',
        command:
          'az tag create --resource-id /subscriptions/ID/resourcegroups/MyResourceGroup --tags Dept=Finance Status=Normal',
      },
    ],
    run: async (session, args) => await send(session, args, 'PUT'),
  },
  {
    path: 'tag update',
    summary: 'Selectively update the set of tags on a specific resource.',
    arguments: [
      SCOPE,
      TAGS,
      {
        name: 'operation',
        options: ['--operation'],
        required: true,
        choices: ['Merge', 'Replace', 'Delete'],
        help: 'The update operation: options include Merge, Replace and Delete.',
      },
    ],
    run: async (session, args) => await send(session, args, 'PATCH', args.text('operation')),
  },
  {
    path: 'tag delete',
    summary: 'Delete the tags on a specific resource.',
    arguments: [SCOPE, YES],
    run: async (session, args) => {
      await confirm('Are you sure you want to perform this operation?', args.flag('yes'));
      const path = tagsPath(args);
      await session.armOperation(
        { method: 'DELETE', path, apiVersion: RESOURCES_API_VERSION },
        { wait: true },
      );
      return undefined;
    },
  },
];
