import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { errorOf, jsonBody, sdkError } from '../arm-error.js';
import { AzError } from '../az-error.js';
import { textAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { createdAssignment, flatAssignment } from './assignment-shape.js';
import { ROLE_API_VERSION, roleDefinitions, roleIdOf } from './definitions.js';
import {
  describePrincipals,
  displayName,
  findPrincipal,
  principalOf,
  type Principal,
} from './graph.js';
import { refuseBothAssignees, refuseEmpty, scopeOf } from './role-arguments.js';

/** `az role assignment create` */
export async function createAssignment(session: Session, args: ArgumentReader): Promise<Json> {
  refuseEmpty(args, ['assignee', 'scope', 'role']);
  if (args.has('assignee') === args.has('assigneeObjectId')) {
    throw new AzError('usage error: --assignee STRING | --assignee-object-id GUID');
  }
  if (args.has('assigneePrincipalType') && !args.has('assigneeObjectId')) {
    throw new AzError('usage error: --assignee-object-id GUID --assignee-principal-type TYPE');
  }
  if (args.has('conditionVersion') && !args.has('condition')) {
    throw new AzError(
      'usage error: When --condition-version is set, --condition must be set as well.',
    );
  }
  const principal = await assigneeOf(session, args);
  const scope = scopeOf(session, args);
  const roleDefinitionId = await roleIdOf(session, scope, args.text('role'));
  const name = args.optional('name') ?? randomUUID();
  const response = await session.exchange({
    method: 'PUT',
    path: `${scope}/providers/Microsoft.Authorization/roleAssignments/${encodeURIComponent(name)}`,
    apiVersion: ROLE_API_VERSION,
    body: { properties: propertiesOf(args, principal, roleDefinitionId) },
  });
  const body = jsonBody(response);
  if (response.status < 400 && isJsonObject(body)) return createdAssignment(body);
  if (textAt(errorOf(body), 'code') !== 'RoleAssignmentExists') throw sdkError(response);
  // What is asked for is there already: the stock client takes that for success.
  const existing = await search(session, { scope, role: args.text('role'), id: principal.id });
  const [first] = await described(session, scope, existing);
  return first ?? null;
}

function propertiesOf(
  args: ArgumentReader,
  principal: Principal,
  roleDefinitionId: string,
): JsonObject {
  const condition = args.optional('condition');
  const optional = {
    principalType: principal.type,
    description: args.optional('description'),
    condition,
    conditionVersion:
      args.optional('conditionVersion') ?? (condition === undefined ? undefined : '2.0'),
  };
  const given = Object.entries(optional).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return { roleDefinitionId, principalId: principal.id, ...Object.fromEntries(given) };
}

async function assigneeOf(session: Session, args: ArgumentReader): Promise<Principal> {
  const assignee = args.optional('assignee');
  if (assignee !== undefined) return await findPrincipal(session, assignee);
  const id = args.text('assigneeObjectId');
  const type = args.optional('assigneePrincipalType');
  if (type !== undefined) return { id, type };
  session.warn(
    'RBAC service might reject creating role assignment without --assignee-principal-type in the future. Better to specify --assignee-principal-type manually.',
  );
  return await principalOf(session, id);
}

/** `az role assignment list` */
export async function listAssignments(session: Session, args: ArgumentReader): Promise<Json> {
  refuseEmpty(args, ['assignee', 'scope', 'role', 'resourceGroup']);
  refuseBothAssignees(args);
  const isAll = args.flag('all');
  if (isAll && (args.has('scope') || args.has('resourceGroup'))) {
    throw new AzError('group or scope are not required when --all is used');
  }
  const scope = isAll ? undefined : scopeOf(session, args);
  const found = await search(session, {
    scope,
    role: args.optional('role'),
    id: await assigneeId(session, args),
    inherited: args.flag('includeInherited'),
  });
  return await described(session, scope ?? session.subscription, found);
}

/** `az role assignment delete` */
export async function deleteAssignments(
  session: Session,
  args: ArgumentReader,
): Promise<undefined> {
  refuseEmpty(args, ['assignee', 'scope', 'role', 'resourceGroup']);
  const filters = ['ids', 'assignee', 'assigneeObjectId', 'role', 'resourceGroup', 'scope'];
  if (!filters.some((name) => args.has(name))) {
    throw new AzError(
      'Please provide at least one of these arguments: --ids, --assignee, --assignee-object-id, --role, --resource-group, --scope',
    );
  }
  refuseBothAssignees(args);
  const ids = args.list('ids') ?? (await matchingIds(session, args));
  if (ids.length === 0) throw new AzError('No matched assignments were found to delete');
  for (const id of ids) {
    await session.arm({ method: 'DELETE', path: id, apiVersion: ROLE_API_VERSION });
  }
  return undefined;
}

async function matchingIds(session: Session, args: ArgumentReader): Promise<string[]> {
  const found = await search(session, {
    scope: scopeOf(session, args),
    role: args.optional('role'),
    id: await assigneeId(session, args),
    inherited: args.flag('includeInherited'),
  });
  return found.map((assignment) => textAt(assignment, 'id') ?? '');
}

async function assigneeId(session: Session, args: ArgumentReader): Promise<string | undefined> {
  const assignee = args.optional('assignee');
  if (assignee === undefined) return args.optional('assigneeObjectId');
  return (await findPrincipal(session, assignee)).id;
}

async function search(
  session: Session,
  wanted: {
    scope: string | undefined;
    role: string | undefined;
    id: string | undefined;
    inherited?: boolean;
  },
): Promise<JsonObject[]> {
  const { scope } = wanted;
  const filter = scope === undefined ? principalFilter(wanted.id) : 'atScope()';
  const found = await session.armList({
    method: 'GET',
    path: `${scope ?? session.subscription}/providers/Microsoft.Authorization/roleAssignments`,
    apiVersion: ROLE_API_VERSION,
    ...(filter === undefined ? {} : { query: { $filter: filter } }),
  });
  const roleId =
    wanted.role === undefined || found.length === 0
      ? undefined
      : await roleIdOf(session, scope ?? session.subscription, wanted.role);
  return found.map(flatAssignment).filter((assignment) => {
    const at = (textAt(assignment, 'scope') ?? '').toLowerCase();
    const isAtScope =
      scope === undefined || wanted.inherited === true || at === scope.toLowerCase();
    const isRole = roleId === undefined || assignment['roleDefinitionId'] === roleId;
    return (
      isAtScope && isRole && (wanted.id === undefined || assignment['principalId'] === wanted.id)
    );
  });
}

function principalFilter(id: string | undefined): string | undefined {
  return id === undefined ? undefined : `principalId eq '${id}'`;
}

/** With the names of roles and principals, as lists show them. */
async function described(
  session: Session,
  scope: string,
  assignments: readonly JsonObject[],
): Promise<JsonObject[]> {
  if (assignments.length === 0) return [];
  const roles = await roleDefinitions(session, scope);
  const roleNames = new Map(roles.map((role) => [role['id'], role['roleName'] ?? null]));
  const ids = [...new Set(assignments.map((one) => textAt(one, 'principalId') ?? ''))];
  const principals = await describePrincipals(session, ids);
  const names = new Map(principals.map((one) => [one['id'], displayName(one)]));
  return assignments.map((assignment) => ({
    ...assignment,
    roleDefinitionName: roleNames.get(assignment['roleDefinitionId']) ?? null,
    principalName: names.get(assignment['principalId']) ?? '',
  }));
}
