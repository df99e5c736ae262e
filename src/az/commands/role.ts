import type { Json } from '../../base/json.js';
import { objectsOf } from '../acr/tables.js';
import { createAssignment, deleteAssignments, listAssignments } from '../role/assignments.js';
import { roleDefinitions } from '../role/definitions.js';
import { isGuid } from '../role/graph.js';
import { scopeOf } from '../role/role-arguments.js';
import { valueAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec, CommandSpec } from '../spec.js';

const SCOPE: ArgumentSpec = {
  name: 'scope',
  options: ['--scope'],
  help: 'scope at which the role assignment or definition applies to, e.g., /subscriptions/ID, /subscriptions/ID/resourceGroups/myGroup, or the id of a resource.',
};
const GROUP: ArgumentSpec = {
  name: 'resourceGroup',
  options: ['--resource-group', '-g'],
  help: 'use it only if the role or assignment was added at the level of a resource group.',
};
const ROLE: ArgumentSpec = { name: 'role', options: ['--role'], help: 'role name or id.' };
const ASSIGNEE: readonly ArgumentSpec[] = [
  {
    name: 'assignee',
    options: ['--assignee'],
    help: 'represent a user, group, or service principal. supported format: object id, user sign-in name, or service principal name.',
  },
  {
    name: 'assigneeObjectId',
    options: ['--assignee-object-id'],
    help: "The assignee's object ID (also known as principal ID). Use this argument instead of '--assignee' to bypass Microsoft Graph query.",
  },
];
const INHERITED: ArgumentSpec = {
  name: 'includeInherited',
  options: ['--include-inherited'],
  kind: 'flag',
  help: 'include assignments applied on parent scopes.',
};

const CREATE_ARGUMENTS: readonly ArgumentSpec[] = [
  { ...ROLE, required: true },
  { ...SCOPE, required: true },
  ...ASSIGNEE,
  {
    name: 'assigneePrincipalType',
    options: ['--assignee-principal-type'],
    choices: ['ForeignGroup', 'Group', 'ServicePrincipal', 'User'],
    help: 'use with --assignee-object-id to avoid errors caused by propagation latency in Microsoft Graph.',
  },
  { name: 'name', options: ['--name', '-n'], help: 'A GUID for the role assignment.' },
  { name: 'description', options: ['--description'], help: 'Description of role assignment.' },
  {
    name: 'condition',
    options: ['--condition'],
    help: 'Condition under which the user can be granted permission.',
  },
  {
    name: 'conditionVersion',
    options: ['--condition-version'],
    help: 'Version of the condition syntax. If --condition is specified without --condition-version, default to 2.0.',
  },
];

async function listDefinitions(session: Session, args: ArgumentReader): Promise<Json> {
  const name = args.optional('name');
  const byName = name !== undefined && !isGuid(name) ? name : undefined;
  const found = await roleDefinitions(session, scopeOf(session, args), byName);
  return found.filter((role) => {
    const isNamed = name === undefined || role['name'] === name || role['roleName'] === name;
    return isNamed && (args.state('customRoleOnly') !== true || role['roleType'] === 'CustomRole');
  });
}

function assignmentTable(result: Json): Json {
  return objectsOf(result).map((item) => ({
    Principal: valueAt(item, 'principalName') ?? null,
    Role: valueAt(item, 'roleDefinitionName') ?? null,
    Scope: valueAt(item, 'scope') ?? null,
  }));
}

function definitionTable(result: Json): Json {
  return objectsOf(result).map((item) => ({
    Name: valueAt(item, 'roleName') ?? null,
    Type: valueAt(item, 'type') ?? null,
    Description: valueAt(item, 'description') ?? null,
  }));
}

export const ROLE_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'role assignment create',
    summary: 'Create a new role assignment for a user, group, or service principal.',
    arguments: CREATE_ARGUMENTS,
    examples: [
      {
        title: 'Let an identity pull from a registry.',
        command:
          'az role assignment create --assignee-object-id 00000000-0000-0000-0000-000000000000 --assignee-principal-type ServicePrincipal --role AcrPull --scope $(az acr show -n myregistry --query id -o tsv)',
      },
    ],
    run: createAssignment,
  },
  {
    path: 'role assignment list',
    summary: 'List role assignments.',
    arguments: [
      {
        name: 'all',
        options: ['--all'],
        kind: 'flag',
        help: 'show all assignments under the current subscription.',
      },
      ...ASSIGNEE,
      ROLE,
      SCOPE,
      GROUP,
      INHERITED,
    ],
    examples: [
      {
        title: 'List role assignments of a registry.',
        command: 'az role assignment list --scope $(az acr show -n myregistry --query id -o tsv)',
      },
    ],
    table: assignmentTable,
    run: listAssignments,
  },
  {
    path: 'role assignment delete',
    summary: 'Delete role assignments.',
    arguments: [
      {
        name: 'ids',
        options: ['--ids'],
        kind: 'list',
        help: 'space-separated role assignment ids.',
      },
      ...ASSIGNEE,
      ROLE,
      SCOPE,
      GROUP,
      INHERITED,
      {
        name: 'yes',
        options: ['--yes', '-y'],
        kind: 'flag',
        help: 'Currently no-op.',
      },
    ],
    run: deleteAssignments,
  },
  {
    path: 'role definition list',
    summary: 'List role definitions.',
    arguments: [
      { name: 'name', options: ['--name', '-n'], help: "the role's name or GUID." },
      SCOPE,
      GROUP,
      {
        name: 'customRoleOnly',
        options: ['--custom-role-only'],
        kind: 'three-state',
        help: 'custom roles only(vs. build-in ones).',
      },
    ],
    table: definitionTable,
    run: listDefinitions,
  },
];
