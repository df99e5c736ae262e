import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { fillShape } from '../sdk-shape.js';
import { RESOURCE_ARGUMENTS, resourceIds } from '../resource-lookup.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';

const API_VERSION = '2020-05-01';

const NAME: ArgumentSpec = {
  name: 'lock',
  options: ['--name', '-n'],
  required: true,
  help: 'Name of the lock.',
};
const SCOPE: readonly ArgumentSpec[] = RESOURCE_ARGUMENTS.filter(
  ({ name }) => name !== 'ids' && name !== 'name',
).concat({
  name: 'name',
  options: ['--resource-name', '--resource'],
  help: 'Name or ID of the resource being locked. If an ID is given, other resource arguments should not be given.',
});
const LEVEL: ArgumentSpec = {
  name: 'level',
  options: ['--lock-type', '-t'],
  choices: ['CanNotDelete', 'ReadOnly'],
  help: 'The type of lock restriction.',
};
const NOTES: ArgumentSpec = { name: 'notes', options: ['--notes'], help: 'Notes about this lock.' };

/** What is locked: a resource, a resource group, or the subscription. */
function scopeOf(session: Session, args: ArgumentReader): string {
  const name = args.optional('name');
  if (name?.startsWith('/') === true) return name;
  if (name !== undefined) return resourceIds(session, args)[0] ?? '';
  const group = args.optional('resourceGroup');
  return `${session.subscription}${group === undefined ? '' : `/resourceGroups/${encodeURIComponent(group)}`}`;
}

function lockPath(session: Session, args: ArgumentReader): string {
  const name = encodeURIComponent(args.text('lock'));
  return `${scopeOf(session, args)}/providers/Microsoft.Authorization/locks/${name}`;
}

function printed(lock: JsonObject): Json {
  const properties = isJsonObject(lock['properties']) ? lock['properties'] : {};
  return fillShape(
    { ...properties, ...lock, properties: null },
    {
      id: 'any',
      type: 'any',
      name: 'any',
      level: 'any',
      notes: 'any',
      owners: 'any',
      tags: 'any',
      systemData: 'any',
    },
    { keepUnknown: false },
  );
}

async function put(session: Session, args: ArgumentReader): Promise<Json> {
  const path = lockPath(session, args);
  const notes = args.optional('notes');
  const body = {
    properties: { level: args.text('level'), ...(notes === undefined ? {} : { notes }) },
  };
  return printed(await session.armJson({ method: 'PUT', path, apiVersion: API_VERSION, body }));
}

/** Locks against deletes and changes. */
export const LOCK_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'lock create',
    summary: 'Create a lock.',
    arguments: [NAME, { ...LEVEL, required: true }, NOTES, ...SCOPE],
    examples: [
      {
        title: 'Create a lock on a resource group.',
        command:
          'az lock create --name lockName --lock-type CanNotDelete --resource-group MyResourceGroup',
      },
    ],
    run: put,
  },
  {
    path: 'lock show',
    summary: 'Show the properties of a lock.',
    arguments: [NAME, ...SCOPE],
    run: async (session, args) => {
      const path = lockPath(session, args);
      return printed(await session.armJson({ method: 'GET', path, apiVersion: API_VERSION }));
    },
  },
  {
    path: 'lock list',
    summary: 'List lock information.',
    arguments: SCOPE,
    run: async (session, args) => {
      const path = `${scopeOf(session, args)}/providers/Microsoft.Authorization/locks`;
      const found = await session.armList({ method: 'GET', path, apiVersion: API_VERSION });
      return found.map(printed);
    },
  },
  {
    path: 'lock delete',
    summary: 'Delete a lock.',
    arguments: [NAME, ...SCOPE],
    run: async (session, args) => {
      const path = lockPath(session, args);
      await session.arm({ method: 'DELETE', path, apiVersion: API_VERSION });
      return undefined;
    },
  },
];
