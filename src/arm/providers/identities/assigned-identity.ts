import { isJsonObject, textOf, type Json } from '../../../base/json.js';
import type { HeldIdentity } from '../../../identity/managed-identity-endpoint.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import { findManagedIdentity, listManagedIdentities } from './user-assigned-identities.js';

/** Whom tokens of an identity are about. */
export interface AssignedPrincipal {
  clientId: string;
  /** Object id, what role assignments name. */
  principalId: string;
}

/**
 * The principal that a resource acts as when it says `'system'` or the id of a user-assigned identity.
 *
 * @param assigned the resource's `identity`, e.g. `{ type: 'SystemAssigned', principalId: '…' }`
 * @returns undefined when the resource does not have that identity, or it was deleted
 */
export async function findAssignedPrincipal(
  metadata: MetadataStore,
  assigned: Json | undefined,
  wanted: string,
): Promise<AssignedPrincipal | undefined> {
  if (!isJsonObject(assigned)) return undefined;
  if (wanted.toLowerCase() === 'system') {
    const principalId = textOf(assigned['principalId']);
    // a system-assigned identity has no application of its own to show: its principal stands for it
    return principalId === '' ? undefined : { clientId: principalId, principalId };
  }
  const { userAssignedIdentities } = assigned;
  const own = isJsonObject(userAssignedIdentities) ? Object.keys(userAssignedIdentities) : [];
  if (!own.some((id) => id.toLowerCase() === wanted.toLowerCase())) return undefined;
  return findManagedIdentity(metadata, wanted);
}

/**
 * Every identity that a resource has.
 *
 * @param ownerId the resource's own id, which is that of its system-assigned identity
 */
export async function listAssignedIdentities(
  metadata: MetadataStore,
  assigned: Json | undefined,
  ownerId: string,
): Promise<HeldIdentity[]> {
  if (!isJsonObject(assigned)) return [];
  const { userAssignedIdentities } = assigned;
  const wanted = isJsonObject(userAssignedIdentities) ? Object.keys(userAssignedIdentities) : [];
  const keys = new Set(wanted.map((id) => id.toLowerCase()));
  const all = keys.size === 0 ? [] : await listManagedIdentities(metadata);
  const users = all.filter(({ resourceId }) => keys.has(resourceId.toLowerCase()));
  const system = await findAssignedPrincipal(metadata, assigned, 'system');
  return [
    ...(system === undefined ? [] : [{ ...system, kind: 'system' as const, resourceId: ownerId }]),
    ...users.map(({ clientId, principalId, resourceId }) => ({
      ...{ kind: 'user' as const, clientId, principalId, resourceId },
    })),
  ];
}
