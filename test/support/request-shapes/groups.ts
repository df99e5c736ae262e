import { expect } from 'vitest';
import { error, listOf, type ShapeTable } from './request-shape.js';

const OLD_AND_NEW = ['2024-11-01', '2021-04-01'];
/** Clients write it in small letters. */
const GROUP = '{sub}/resourcegroups/rg-shapes';
const SHOWN = {
  id: '{group}',
  name: 'rg-shapes',
  type: 'Microsoft.Resources/resourceGroups',
  location: 'koreacentral',
  properties: { provisioningState: 'Succeeded' },
};

export const groups: ShapeTable = {
  plane: 'resource groups, resources and providers',
  shapes: [
    {
      command: 'group create, with a location like "Korea Central"',
      method: 'GET',
      path: '{sub}/locations',
      versions: ['2022-12-01', '2019-11-01'],
      status: 200,
      answer: listOf({ name: 'koreacentral', displayName: 'Korea Central' }),
    },
    {
      command: 'group exists, before',
      method: 'HEAD',
      path: GROUP,
      versions: OLD_AND_NEW,
      status: 404,
    },
    {
      command: 'group show, before',
      method: 'GET',
      path: GROUP,
      versions: OLD_AND_NEW,
      status: 404,
      answer: error('ResourceGroupNotFound'),
    },
    {
      command: 'group create',
      method: 'PUT',
      path: GROUP,
      versions: ['2024-11-01'],
      body: { location: 'koreacentral', tags: { area: 'shapes' } },
      status: 201,
      answer: { ...SHOWN, tags: { area: 'shapes' } },
    },
    {
      command: 'group create, again',
      method: 'PUT',
      path: GROUP,
      versions: ['2021-04-01'],
      body: { location: 'koreacentral', tags: { area: 'shapes' } },
      status: 200,
      answer: SHOWN,
    },
    {
      command: 'group show',
      method: 'GET',
      path: GROUP,
      versions: OLD_AND_NEW,
      status: 200,
      answer: SHOWN,
    },
    {
      // A 200 would be an error to the client.
      command: 'group exists; containerapp up',
      method: 'HEAD',
      path: GROUP,
      versions: OLD_AND_NEW,
      status: 204,
    },
    {
      command: 'group update --set',
      method: 'PATCH',
      path: GROUP,
      versions: ['2024-11-01'],
      body: { tags: { area: 'shapes', more: 'yes' } },
      status: 200,
      answer: { ...SHOWN, tags: { area: 'shapes', more: 'yes' } },
    },
    {
      command: 'group list',
      method: 'GET',
      path: '{sub}/resourcegroups',
      versions: OLD_AND_NEW,
      status: 200,
      answer: { value: [SHOWN] },
    },
    {
      command: 'group list --tag area=shapes',
      method: 'GET',
      path: '{sub}/resourcegroups',
      versions: OLD_AND_NEW,
      query: { $filter: "tagname eq 'area' and tagvalue eq 'shapes'" },
      status: 200,
      answer: { value: [SHOWN] },
    },
    {
      command: 'group list --tag area=other',
      method: 'GET',
      path: '{sub}/resourcegroups',
      versions: OLD_AND_NEW,
      query: { $filter: "tagname eq 'area' and tagvalue eq 'other'" },
      status: 200,
      answer: { value: [] },
    },
    {
      command: 'acr: finding the registry, before there is one',
      method: 'GET',
      path: '{sub}/resources',
      versions: OLD_AND_NEW,
      query: { $filter: "resourceType eq 'Microsoft.ContainerRegistry/registries'" },
      status: 200,
      answer: { value: [] },
    },
    {
      command: 'provider list',
      method: 'GET',
      path: '{sub}/providers',
      versions: OLD_AND_NEW,
      status: 200,
      answer: listOf({ namespace: 'Microsoft.ContainerRegistry', registrationState: 'Registered' }),
    },
    {
      command: 'containerapp: what regions there are',
      method: 'GET',
      path: '{sub}/providers/Microsoft.App',
      versions: OLD_AND_NEW,
      status: 200,
      answer: namespaceOf('managedEnvironments', 'containerApps', 'jobs'),
    },
    {
      command: 'containerapp env create: where workspaces can be',
      method: 'GET',
      path: '{sub}/providers/Microsoft.OperationalInsights',
      versions: OLD_AND_NEW,
      status: 200,
      answer: namespaceOf('workspaces'),
    },
    {
      command: 'provider register',
      method: 'POST',
      path: '{sub}/providers/Microsoft.App/register',
      versions: OLD_AND_NEW,
      status: 200,
      answer: { namespace: 'Microsoft.App', registrationState: 'Registered' },
    },
    {
      command: 'provider show, of one that Lazurite does not have',
      method: 'GET',
      path: '{sub}/providers/Microsoft.Sql',
      versions: OLD_AND_NEW,
      status: 404,
      answer: error('InvalidResourceNamespace'),
    },
  ],
};

function namespaceOf(...types: string[]): object {
  const locations: unknown = expect.arrayContaining(['Korea Central']);
  const described = types.map((resourceType): unknown =>
    expect.objectContaining({ resourceType, locations }),
  );
  const resourceTypes: unknown = expect.arrayContaining(described);
  return { registrationState: 'Registered', resourceTypes };
}
