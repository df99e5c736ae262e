/** A built-in role with the actions that matter to what Lazurite has. */
export interface BuiltInRole {
  /** The same GUID as in Azure. */
  id: string;
  name: string;
  description: string;
  actions: readonly string[];
  notActions?: readonly string[];
  dataActions?: readonly string[];
}

const REGISTRY = 'Microsoft.ContainerRegistry/registries';

/** @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const BUILT_IN_ROLES: readonly BuiltInRole[] = [
  {
    id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    name: 'Owner',
    description: 'Full access to all resources, and to who has access.',
    actions: ['*'],
  },
  {
    id: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
    name: 'Contributor',
    description: 'Full access to all resources, but not to who has access.',
    actions: ['*'],
    notActions: ['Microsoft.Authorization/*/Delete', 'Microsoft.Authorization/*/Write'],
  },
  {
    id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
    name: 'Reader',
    description: 'Sees all resources and changes none.',
    actions: ['*/read'],
  },
  {
    id: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
    name: 'User Access Administrator',
    description: 'Manages who has access to resources.',
    actions: ['*/read', 'Microsoft.Authorization/*'],
  },
  {
    id: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
    name: 'AcrPull',
    description: 'Pulls from a registry.',
    actions: [`${REGISTRY}/pull/read`],
  },
  {
    id: '8311e382-0749-4cb8-b61a-304f252e45ec',
    name: 'AcrPush',
    description: 'Pulls from and pushes to a registry.',
    actions: [`${REGISTRY}/pull/read`, `${REGISTRY}/push/write`],
  },
  {
    id: 'c2f4ef07-c644-48eb-af81-4b1b4947fb11',
    name: 'AcrDelete',
    description: 'Deletes repositories, tags and manifests of a registry.',
    actions: [`${REGISTRY}/artifacts/delete`],
  },
  {
    id: 'b93aa761-3e63-49ed-ac28-beffa264f7ac',
    name: 'Container Registry Repository Reader',
    description: 'Reads the repositories of a registry, without listing them.',
    actions: [],
    dataActions: [
      `${REGISTRY}/repositories/content/read`,
      `${REGISTRY}/repositories/metadata/read`,
    ],
  },
  {
    id: '2a1e307c-b015-4ebd-883e-5b7698a07328',
    name: 'Container Registry Repository Writer',
    description: 'Reads and writes the repositories of a registry, without listing them.',
    actions: [],
    dataActions: [
      `${REGISTRY}/repositories/content/read`,
      `${REGISTRY}/repositories/content/write`,
      `${REGISTRY}/repositories/metadata/read`,
      `${REGISTRY}/repositories/metadata/write`,
    ],
  },
  {
    id: 'f1a07417-d97a-45cb-824c-7a7467783830',
    name: 'Managed Identity Operator',
    description: 'Reads and assigns user-assigned identities.',
    actions: [
      'Microsoft.ManagedIdentity/userAssignedIdentities/*/read',
      'Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action',
    ],
  },
];

/** By GUID, in any letter case. */
export function findRole(id: string): BuiltInRole | undefined {
  return BUILT_IN_ROLES.find((role) => role.id === id.toLowerCase());
}
