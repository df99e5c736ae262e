import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { textAt } from '../json-path.js';
import { fillShape } from '../sdk-shape.js';
import type { Session } from '../session.js';
import { isGuid } from './graph.js';

export const ROLE_API_VERSION = '2022-04-01';

const PERMISSION = {
  actions: 'any',
  notActions: 'any',
  dataActions: 'any',
  notDataActions: 'any',
  condition: 'any',
  conditionVersion: 'any',
} as const;

/** Role definitions that can be assigned at a scope, as the stock client prints them. */
export async function roleDefinitions(
  session: Session,
  scope: string,
  roleName?: string,
): Promise<JsonObject[]> {
  const found = await session.armList({
    method: 'GET',
    path: `${scope}/providers/Microsoft.Authorization/roleDefinitions`,
    apiVersion: ROLE_API_VERSION,
    ...(roleName === undefined ? {} : { query: { $filter: `roleName eq '${roleName}'` } }),
  });
  return found.map(printedDefinition);
}

/** Properties beside the name. `type` inside the properties is the role's kind. */
export function printedDefinition(definition: JsonObject): JsonObject {
  const properties = isJsonObject(definition['properties']) ? definition['properties'] : {};
  const filled: Json = fillShape(
    { ...properties, ...definition, roleType: properties['type'] ?? null },
    {
      id: 'any',
      name: 'any',
      type: 'any',
      roleName: 'any',
      description: 'any',
      roleType: 'any',
      permissions: [PERMISSION],
      assignableScopes: 'any',
      createdOn: 'time',
      updatedOn: 'time',
      createdBy: 'any',
      updatedBy: 'any',
      systemData: 'any',
    },
    { keepUnknown: false },
  );
  return isJsonObject(filled) ? filled : {};
}

/**
 * The id of a role that is named by its id, its guid or its name.
 *
 * @throws AzError when no role has the name
 */
export async function roleIdOf(session: Session, scope: string, role: string): Promise<string> {
  if (/\/subscriptions\/.+\/providers\/Microsoft.Authorization\/roleDefinitions\//i.test(role)) {
    return role;
  }
  if (isGuid(role)) {
    return `${session.subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  }
  const found = await roleDefinitions(session, scope, role);
  const [first, ...others] = found.map((definition) => textAt(definition, 'id') ?? '');
  if (first === undefined) throw new AzError(`Role '${role}' doesn't exist.`);
  if (others.length > 0) {
    throw new AzError(
      `More than one role matches the given name '${role}'. Please pick a value from '[${[first, ...others].map((id) => `'${id}'`).join(', ')}]'`,
    );
  }
  return first;
}
