import { expect } from 'vitest';
import { error, LIST, listOf, TEXT, type ShapeTable } from './request-shape.js';
import { REGISTRY } from './registries.js';

export const IDENTITY = '{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller';
const LOCK = `${IDENTITY}/providers/Microsoft.Authorization/locks/kept`;
const IDENTITY_VERSIONS = ['2023-01-31', '2022-01-31-preview'];
const ROLE_VERSIONS = ['2022-04-01', '2020-04-01-preview'];
const ACR_PULL = '7f951dda-4ed3-4680-a7ca-43fe172d538d';
const ASSIGNMENTS = `${REGISTRY}/providers/Microsoft.Authorization/roleAssignments`;
const ASSIGNMENT = `${ASSIGNMENTS}/3f2a7c1e-0000-4000-8000-000000000001`;
const ASSIGNED = {
  properties: {
    roleDefinitionId: '{roleId}',
    principalId: '{principalId}',
    principalType: 'ServicePrincipal',
  },
};
const SHOWN = {
  name: 'puller',
  location: 'koreacentral',
  properties: { tenantId: '{tenantId}', principalId: TEXT, clientId: TEXT },
};

export const principals: ShapeTable = {
  plane: 'identities, roles and the directory',
  shapes: [
    {
      command: 'identity create',
      method: 'PUT',
      path: IDENTITY,
      versions: IDENTITY_VERSIONS.slice(0, 1),
      body: { location: 'koreacentral', tags: {} },
      status: 201,
      answer: SHOWN,
    },
    {
      command: 'identity show; containerapp create --registry-identity',
      method: 'GET',
      path: IDENTITY,
      versions: IDENTITY_VERSIONS,
      status: 200,
      answer: SHOWN,
      keeps: { principalId: 'properties.principalId', identityClient: 'properties.clientId' },
    },
    {
      command: 'identity list',
      method: 'GET',
      path: '{sub}/providers/Microsoft.ManagedIdentity/userAssignedIdentities',
      versions: IDENTITY_VERSIONS,
      status: 200,
      answer: { value: [{}, SHOWN] },
    },
    {
      command: 'role assignment create: the role',
      method: 'GET',
      path: `${REGISTRY}/providers/Microsoft.Authorization/roleDefinitions`,
      versions: ['2022-04-01', '2022-05-01-preview'],
      query: { $filter: "roleName eq 'AcrPull'" },
      status: 200,
      answer: { value: [{ id: TEXT, name: ACR_PULL, properties: { roleName: 'AcrPull' } }] },
      keeps: { roleId: 'value.0.id' },
    },
    {
      command: 'role assignment create',
      method: 'PUT',
      path: ASSIGNMENT,
      versions: ROLE_VERSIONS.slice(0, 1),
      body: ASSIGNED,
      status: 201,
      answer: ASSIGNED,
    },
    {
      // Taken for success.
      command: 'role assignment create, again',
      method: 'PUT',
      path: `${ASSIGNMENTS}/3f2a7c1e-0000-4000-8000-000000000002`,
      versions: ROLE_VERSIONS,
      body: ASSIGNED,
      status: 409,
      answer: error('RoleAssignmentExists'),
    },
    {
      command: 'role assignment list --scope',
      method: 'GET',
      path: ASSIGNMENTS,
      versions: ROLE_VERSIONS,
      query: { $filter: "atScope() and assignedTo('{principalId}')" },
      status: 200,
      answer: { value: [ASSIGNED] },
    },
    {
      command: 'role definition list',
      method: 'GET',
      path: '{sub}/providers/Microsoft.Authorization/roleDefinitions',
      versions: ['2022-04-01', '2022-05-01-preview'],
      query: { $filter: "type eq 'BuiltInRole'" },
      status: 200,
      answer: listOf({
        name: ACR_PULL,
        properties: expect.objectContaining({ roleName: 'AcrPull', permissions: LIST }) as object,
      }),
    },
    {
      command: 'lock create',
      method: 'PUT',
      path: LOCK,
      versions: ['2016-09-01'],
      body: { properties: { level: 'CanNotDelete', notes: 'kept' } },
      status: 201,
      answer: { name: 'kept', properties: { level: 'CanNotDelete', notes: 'kept' } },
    },
    {
      command: 'identity delete, of one that is locked',
      method: 'DELETE',
      path: IDENTITY,
      versions: IDENTITY_VERSIONS,
      status: 409,
      answer: error('ScopeLocked'),
    },
    {
      command: 'lock list -g',
      method: 'GET',
      path: '{group}/providers/Microsoft.Authorization/locks',
      versions: ['2020-05-01', '2016-09-01'],
      status: 200,
      answer: { value: [{ name: 'kept' }] },
    },
    {
      command: 'lock delete',
      method: 'DELETE',
      path: LOCK,
      versions: ['2016-09-01'],
      status: 200,
    },
    {
      command: 'role assignment create --assignee: a user',
      method: 'GET',
      path: '/graph/v1.0/users',
      query: { $filter: "userPrincipalName eq '{identityClient}'" },
      status: 200,
      answer: { value: [] },
    },
    {
      command: 'role assignment create --assignee: a service principal',
      method: 'GET',
      path: '/graph/v1.0/servicePrincipals',
      query: { $filter: "servicePrincipalNames/any(c:c eq '{identityClient}')" },
      status: 200,
      answer: { value: [{ id: '{principalId}' }] },
    },
    {
      command: 'role assignment create --assignee; role assignment list: names',
      method: 'POST',
      path: '/graph/v1.0/directoryObjects/getByIds',
      body: { ids: ['{principalId}'], types: ['user', 'group', 'servicePrincipal'] },
      status: 200,
      answer: {
        value: [{ id: '{principalId}', '@odata.type': '#microsoft.graph.servicePrincipal' }],
      },
    },
    {
      command: 'ad app list',
      method: 'GET',
      path: '/graph/v1.0/applications',
      status: 501,
      answer: error('NotImplemented'),
    },
    {
      command: 'role assignment delete',
      method: 'DELETE',
      path: ASSIGNMENT,
      versions: ROLE_VERSIONS.slice(0, 1),
      status: 200,
      answer: ASSIGNED,
    },
  ],
};
