import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import {
  CHILD_ARGUMENTS,
  deleteChild,
  getChild,
  listChildren,
  sendChild,
} from '../acr/registry-child.js';
import {
  GATEWAY_ACTIONS_HELP,
  REPOSITORY_ACTIONS_HELP,
  scopeActions,
} from '../acr/scope-actions.js';
import { SCOPE_MAPS } from '../acr/scope-maps.js';
import { cell, objectsOf, timeCell } from '../acr/tables.js';
import { YES } from '../common-arguments.js';
import { confirm } from '../confirm.js';
import { isJsonObject } from '../../base/json.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';

const NAME: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n'],
  required: true,
  help: 'The name of the scope map.',
};
const DESCRIPTION: ArgumentSpec = {
  name: 'description',
  options: ['--description'],
  help: 'Description for the scope map. Maximum 256 characters are allowed.',
};

/** `--repository REPO ACTION…`, as often as wanted. */
export function repositoryRules(option: string, what: string): ArgumentSpec {
  return {
    name: option.replace(/^--/, ''),
    options: [option],
    kind: 'list',
    repeatable: true,
    help: `repository permissions${what}. Use the format "${option} REPO [ACTION1 ACTION2 ...]" per flag. ${REPOSITORY_ACTIONS_HELP}`,
  };
}

/** `--gateway GATEWAY ACTION…`, likewise. */
export function gatewayRules(option: string, what: string): ArgumentSpec {
  return {
    name: option.replace(/^--/, ''),
    options: [option],
    kind: 'list',
    repeatable: true,
    help: `gateway permissions${what}. Use the format "${option} GATEWAY [ACTION1 ACTION2 ...]" per flag. ${GATEWAY_ACTIONS_HELP}`,
  };
}

function table(result: Json): Json {
  return objectsOf(result).map((item) => {
    const description = cell(item, 'description');
    return {
      NAME: cell(item, 'name'),
      TYPE: cell(item, 'scopeMapType'),
      'CREATION DATE': timeCell(item, 'creationDate'),
      DESCRIPTION: description.length > 57 ? `${description.slice(0, 57)}...` : description,
    };
  });
}

async function create(session: Session, args: ArgumentReader): Promise<Json> {
  const actions = scopeActions(args.lists('repository'), args.lists('gateway'));
  const description = args.optional('description');
  const properties = { actions, ...(description === undefined ? {} : { description }) };
  const name = args.text('name');
  return await sendChild(session, args, SCOPE_MAPS, { method: 'PUT', name, body: { properties } });
}

async function update(session: Session, args: ArgumentReader): Promise<Json> {
  const added = scopeActions(args.lists('add-repository'), args.lists('add-gateway'));
  const removed = scopeActions(args.lists('remove-repository'), args.lists('remove-gateway'));
  const description = args.optional('description');
  if (added.length === 0 && removed.length === 0 && !description) {
    throw new AzError('No scope map properties to update.');
  }
  const both = added.filter((action) => removed.includes(action)).sort();
  if (both.length > 0) {
    const named = both.map((action) => `'${action.slice(action.indexOf('/') + 1)}'`).join(', ');
    throw new AzError(
      `Update ambiguity. Duplicate actions were provided with --add and --remove arguments.\n[${named}]`,
    );
  }
  const current = await getChild(session, args, SCOPE_MAPS);
  const known =
    isJsonObject(current) && Array.isArray(current['actions']) ? current['actions'] : [];
  const actions = [...new Set<Json>([...known, ...added])].filter(
    (action) => typeof action !== 'string' || !removed.includes(action),
  );
  const properties: JsonObject = { actions, ...(description ? { description } : {}) };
  const name = args.text('name');
  return await sendChild(session, args, SCOPE_MAPS, {
    method: 'PATCH',
    name,
    body: { properties },
  });
}

export const SCOPE_MAP_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr scope-map create',
    summary: 'Create a scope map for an Azure Container Registry.',
    arguments: [
      NAME,
      ...CHILD_ARGUMENTS,
      repositoryRules('--repository', ''),
      gatewayRules('--gateway', ''),
      DESCRIPTION,
    ],
    examples: [
      {
        title:
          'Create a scope map that allows content/write and metadata/read actions for `hello-world` repository.',
        command:
          'az acr scope-map create -n MyScopeMap -r myregistry --repository hello-world content/write metadata/read --description "Sample scope map."',
      },
    ],
    table,
    run: create,
  },
  {
    path: 'acr scope-map update',
    summary: 'Update a scope map for an Azure Container Registry.',
    arguments: [
      NAME,
      ...CHILD_ARGUMENTS,
      repositoryRules('--add-repository', ' to be added'),
      repositoryRules('--remove-repository', ' to be removed'),
      gatewayRules('--add-gateway', ' to be added'),
      gatewayRules('--remove-gateway', ' to be removed'),
      DESCRIPTION,
    ],
    examples: [
      {
        title: 'Add content/write for repository `hello-world` to a scope map.',
        command:
          'az acr scope-map update -n MyScopeMap -r myregistry --add-repository hello-world content/write',
      },
    ],
    table,
    run: update,
  },
  {
    path: 'acr scope-map show',
    summary: 'Show details and attributes of a scope map for an Azure Container Registry.',
    arguments: [NAME, ...CHILD_ARGUMENTS],
    table,
    run: async (session, args) => await getChild(session, args, SCOPE_MAPS),
  },
  {
    path: 'acr scope-map list',
    summary: 'List all scope maps for an Azure Container Registry.',
    arguments: CHILD_ARGUMENTS,
    table,
    run: async (session, args) => await listChildren(session, args, SCOPE_MAPS),
  },
  {
    path: 'acr scope-map delete',
    summary: 'Delete a scope map for an Azure Container Registry.',
    arguments: [NAME, ...CHILD_ARGUMENTS, YES],
    run: async (session, args) => {
      await confirm(
        `Deleting the scope map '${args.text('name')}' will remove its permissions with associated tokens. Proceed?`,
        args.flag('yes'),
      );
      await deleteChild(session, args, SCOPE_MAPS);
      return undefined;
    },
  },
];
