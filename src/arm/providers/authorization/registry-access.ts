import { textOf } from '../../../base/json.js';
import type { TokenClaims } from '../../../identity/token-authority.js';
import { FULL_ACCESS, type AccessEntry } from '../../../registry/access.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import { ResourceDocuments } from '../../resource-documents.js';
import type { RoleChecker } from './role-assignments.js';

const REGISTRIES_TYPE = 'Microsoft.ContainerRegistry/registries';

/** What each role lets a principal do with the repositories of a registry. */
const ROLE_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  Owner: ['*'],
  Contributor: ['*'],
  Reader: ['pull', 'metadata_read'],
  AcrPull: ['pull', 'metadata_read'],
  AcrPush: ['pull', 'push', 'metadata_read', 'metadata_write'],
  AcrDelete: ['delete', 'deleted_read'],
};
/** Roles that see the list of repositories. */
const CATALOG_ROLES = new Set(['Owner', 'Contributor', 'Reader', 'AcrPull', 'AcrPush']);

/** Roles that see what is deleted and not yet gone. */
const DELETED_CATALOG_ROLES = new Set(['Owner', 'Contributor', 'AcrDelete']);

/**
 * Answers what the holder of a token may do with a registry: everything for the home's own principal,
 * else what its role assignments give.
 *
 * @returns undefined for a principal without a role that matters to the registry
 */
export function createRegistryAccess(options: {
  metadata: MetadataStore;
  roles: RoleChecker;
  /** Object id of the principal that owns the subscription. */
  ownerId: string;
}): (claims: TokenClaims, registry: string) => Promise<readonly AccessEntry[] | undefined> {
  const registries = new ResourceDocuments(options.metadata, REGISTRIES_TYPE);
  return async (claims, registry) => {
    const principal = typeof claims['oid'] === 'string' ? claims['oid'] : claims.sub;
    if (principal === options.ownerId) return FULL_ACCESS;
    const resource = (await registries.list()).find(
      ({ name }) => textOf(name).toLowerCase() === registry.toLowerCase(),
    );
    if (resource === undefined) return undefined;
    return accessOf(await options.roles.rolesOf(principal, resource.id));
  };
}

function accessOf(roles: readonly string[]): AccessEntry[] | undefined {
  const actions = [...new Set(roles.flatMap((role) => ROLE_ACTIONS[role] ?? []))];
  if (actions.length === 0) return undefined;
  const list = (name: string, allowed: ReadonlySet<string>): AccessEntry[] =>
    roles.some((role) => allowed.has(role)) ? [{ type: 'registry', name, actions: ['*'] }] : [];
  return [
    { type: 'repository', name: '*', actions },
    ...list('catalog', CATALOG_ROLES),
    ...list('deleted_catalog', DELETED_CATALOG_ROLES),
  ];
}
