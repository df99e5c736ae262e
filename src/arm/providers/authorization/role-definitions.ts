import { ArmError } from '../../errors.js';
import type { Resource, ResourceProvider } from '../../provider.js';
import { nameOf, type ResourceId } from '../../resource-id.js';
import { BUILT_IN_ROLES, findRole, type BuiltInRole } from './role-catalogue.js';

export const ROLE_DEFINITIONS_TYPE = 'Microsoft.Authorization/roleDefinitions';

/** Azure's built-in roles, found at every scope. Custom roles are not implemented. */
export function createRoleDefinitionsProvider(): ResourceProvider {
  return {
    type: ROLE_DEFINITIONS_TYPE,
    apiVersions: ['2022-04-01', '2022-05-01-preview'],
    tracking: 'none',
    get: async (id) => {
      const role = findRole(nameOf(id));
      return role === undefined ? undefined : describe(role, id.subscriptionId);
    },
    list: async (scope, context) => {
      const filter = context.query?.get('$filter') ?? '';
      const wanted = BUILT_IN_ROLES.filter((role) => matches(role, filter));
      return wanted.map((role) => describe(role, scope.subscriptionId));
    },
    notFound: (id) => roleNotFound(nameOf(id)),
  };
}

/** The full id of a role, as `roleDefinitionId` of assignments has it. */
export function roleDefinitionId(subscriptionId: string, roleId: string): string {
  const scope = subscriptionId === '' ? '' : `/subscriptions/${subscriptionId}`;
  return `${scope}/providers/${ROLE_DEFINITIONS_TYPE}/${roleId}`;
}

export function roleNotFound(id: string): ArmError {
  return new ArmError({
    status: 404,
    code: 'RoleDefinitionDoesNotExist',
    message: `The specified role definition with ID '${id.replaceAll('-', '')}' does not exist.`,
  });
}

/** `roleName eq 'AcrPull'` and `type eq 'BuiltInRole'`; every role passes another filter, such as atScopeAndBelow(). */
function matches(role: BuiltInRole, filter: string): boolean {
  const name = /roleName eq '((?:[^']|'')*)'/i.exec(filter)?.[1]?.replaceAll("''", "'");
  if (name !== undefined && name.toLowerCase() !== role.name.toLowerCase()) return false;
  const type = /type eq '([^']*)'/i.exec(filter)?.[1];
  return type === undefined || type.toLowerCase() === 'builtinrole';
}

function describe(role: BuiltInRole, subscriptionId: ResourceId['subscriptionId']): Resource {
  return {
    id: roleDefinitionId(subscriptionId, role.id),
    name: role.id,
    type: ROLE_DEFINITIONS_TYPE,
    properties: {
      roleName: role.name,
      type: 'BuiltInRole',
      description: role.description,
      assignableScopes: ['/'],
      permissions: [
        {
          actions: [...role.actions],
          notActions: [...(role.notActions ?? [])],
          dataActions: [...(role.dataActions ?? [])],
          notDataActions: [],
        },
      ],
    },
  };
}
