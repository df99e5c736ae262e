import { expect, it } from 'vitest';
import type { TokenClaims } from '../../../identity/token-authority.js';
import { createMemoryMetadataStore } from '../../../storage/memory-metadata-store.js';
import { ResourceDocuments } from '../../resource-documents.js';
import { createRegistryAccess } from './registry-access.js';

const ID =
  '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/accessacr';
const claims = (oid: string): TokenClaims => ({ iss: '', sub: oid, oid, aud: '', iat: 0, exp: 0 });

async function accessFor(roles: string[], principal = 'someone', registry = 'AccessAcr') {
  const metadata = createMemoryMetadataStore();
  const type = 'Microsoft.ContainerRegistry/registries';
  const resource = { id: ID, name: 'accessacr', type, properties: {} };
  await new ResourceDocuments(metadata, type).put(resource);
  const access = createRegistryAccess({
    metadata,
    ownerId: 'owner',
    roles: { rolesOf: (_, scope) => Promise.resolve(scope === ID ? roles : []) },
  });
  return access(claims(principal), registry);
}

const CATALOG = { type: 'registry', name: 'catalog', actions: ['*'] };
const DELETED = { type: 'registry', name: 'deleted_catalog', actions: ['*'] };

it.each([
  [['AcrPull'], [['pull', 'metadata_read'], [CATALOG]]],
  [['AcrPush'], [['pull', 'push', 'metadata_read', 'metadata_write'], [CATALOG]]],
  [['AcrDelete'], [['delete', 'deleted_read'], [DELETED]]],
  [
    ['AcrPull', 'AcrDelete'],
    [
      ['pull', 'metadata_read', 'delete', 'deleted_read'],
      [CATALOG, DELETED],
    ],
  ],
  [['Owner'], [['*'], [CATALOG, DELETED]]],
] as [string[], [string[], object[]]][])('%j may %j', async (roles, [actions, lists]) => {
  expect(await accessFor(roles)).toEqual([{ type: 'repository', name: '*', actions }, ...lists]);
});

it.each([[[]], [['Managed Identity Operator']]])('%j may do nothing', async (roles) => {
  expect(await accessFor(roles)).toBeUndefined();
});

it('gives nothing in a registry that is not there', async () => {
  expect(await accessFor(['Owner'], 'someone', 'other')).toBeUndefined();
});

it("lets the home's own principal do everything", async () => {
  expect(await accessFor([], 'owner')).toContainEqual(CATALOG);
});
