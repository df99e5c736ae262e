import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { objectAt } from '../json-path.js';
import { cell, objectsOf } from './tables.js';

export const SYSTEM_IDENTITY = '[system]';
export const ALL_IDENTITIES = '[all]';

/**
 * The `identity` of a request, from the words of `--identities` and `--assign-identity`. No word stands for the
 * system-assigned one.
 *
 * @param assigned what each user-assigned identity is set to; null takes it away
 */
export function identityOf(words: readonly string[], assigned: JsonObject | null = {}): JsonObject {
  if (words.includes(ALL_IDENTITIES)) return { type: 'None' };
  const users = words.filter((word) => word !== SYSTEM_IDENTITY);
  const type = [
    ...(users.length < words.length || words.length === 0 ? ['SystemAssigned'] : []),
    ...(users.length > 0 ? ['UserAssigned'] : []),
  ].join(', ');
  if (users.length === 0) return { type };
  return { type, userAssignedIdentities: Object.fromEntries(users.map((id) => [id, assigned])) };
}

/** Without the system-assigned identity: the user-assigned ones that there are, or none. */
export function withoutSystemIdentity(task: JsonObject): JsonObject {
  const users = Object.keys(objectAt(task, 'identity', 'userAssignedIdentities'));
  return identityOf(users.length === 0 ? [ALL_IDENTITIES] : users);
}

export function identityTable(result: Json): Json {
  return objectsOf(result).map((item) => {
    const users = isJsonObject(item) ? item['userAssignedIdentities'] : undefined;
    return {
      'PRINCIPAL ID': cell(item, 'principalId'),
      'TENANT ID': cell(item, 'tenantId'),
      TYPE: cell(item, 'type'),
      'USER ASSIGNED IDENTITIES': isJsonObject(users) ? Object.keys(users).join('\n') : ' ',
    };
  });
}
