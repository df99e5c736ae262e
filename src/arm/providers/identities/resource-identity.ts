import { randomUUID } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../../../base/json.js';

/** Finds a user-assigned identity by its resource id. */
export type FindIdentity = (
  resourceId: string,
) => Promise<{ principalId: string; clientId: string } | undefined>;

/**
 * The `identity` of a resource, as it is kept and shown. `type` says which of what is given counts.
 * A system-assigned identity gets a principal once and keeps it as long as it is asked for.
 *
 * @param before what the resource had
 * @returns e.g. `{ type: 'SystemAssigned', principalId: '…', tenantId: '…' }`, `{ type: 'None' }`
 * @see https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-manage-user-assigned-managed-identities
 */
export function renderIdentity(
  given: Json | undefined,
  before: Json | undefined,
  tenantId: string | undefined,
): JsonObject {
  const { type: asked, userAssignedIdentities } = objectOf(given);
  const wanted = typeof asked === 'string' ? asked : 'None';
  const isSystem = /systemassigned/i.test(wanted);
  const users = /userassigned/i.test(wanted) ? withoutNulls(objectOf(userAssignedIdentities)) : {};
  const hasUsers = Object.keys(users).length > 0;
  const [one = 'None'] = [isSystem && 'SystemAssigned', hasUsers && 'UserAssigned'].filter(
    (kind) => kind !== false,
  );
  const principalId = objectOf(before)['principalId'] ?? randomUUID();
  return {
    // types differ in how they write both, `SystemAssigned,UserAssigned` or with a space: as the client has it
    type: isSystem && hasUsers ? wanted : one,
    ...(hasUsers && { userAssignedIdentities: users }),
    ...(isSystem && { principalId, ...(tenantId !== undefined && { tenantId }) }),
  };
}

/** User-assigned identities are shown with their ids; one that is not there, without. */
export async function withPrincipals(
  identity: Json | undefined,
  find: FindIdentity | undefined,
): Promise<JsonObject> {
  const assigned = objectOf(identity);
  const users = Object.keys(objectOf(assigned['userAssignedIdentities']));
  if (users.length === 0 || find === undefined) return assigned;
  const shown = users.map(async (id): Promise<[string, JsonObject]> => {
    const found = await find(id);
    return [id, found ? { principalId: found.principalId, clientId: found.clientId } : {}];
  });
  return { ...assigned, userAssignedIdentities: Object.fromEntries(await Promise.all(shown)) };
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
