import { expect } from 'vitest';
import {
  error,
  notImplemented,
  TEXT,
  unknownType,
  type RequestShape,
  type ShapeTable,
} from './request-shape.js';

const VERSIONS = ['2025-01-01', '2024-03-01'];
const WRITE = VERSIONS.slice(0, 1);
const TYPE = 'Microsoft.App/managedEnvironments';
export const ENVIRONMENT = `{group}/providers/${TYPE}/cae`;
export const WORKSPACE =
  '{sub}/resourcegroups/rg-shapes/providers/Microsoft.OperationalInsights/workspaces/workspace-rgshapes1a2b';

const SHOWN = {
  ...{ id: ENVIRONMENT, name: 'cae', type: TYPE, location: 'Korea Central' },
  properties: {
    provisioningState: 'Succeeded',
    ...{ defaultDomain: TEXT, staticIp: TEXT, eventStreamEndpoint: TEXT },
    // Sent as `Name`.
    workloadProfiles: [{ workloadProfileType: 'Consumption', name: 'Consumption' }],
    appLogsConfiguration: {
      destination: 'log-analytics',
      logAnalyticsConfiguration: { customerId: '{customerId}', sharedKey: null },
    },
    ...{ vnetConfiguration: null, zoneRedundant: false },
    customDomainConfiguration: { customDomainVerificationId: TEXT },
    peerAuthentication: { mtls: { enabled: false } },
    peerTrafficConfiguration: { encryption: { enabled: false } },
    ...{ kedaConfiguration: {}, daprConfiguration: {}, infrastructureResourceGroup: null },
  },
};

const workspace: RequestShape[] = [
  {
    command: 'containerapp env create: its workspace; monitor log-analytics workspace create',
    method: 'PUT',
    path: WORKSPACE,
    versions: ['2022-10-01'],
    body: {
      location: 'koreacentral',
      properties: {
        publicNetworkAccessForIngestion: 'Enabled',
        publicNetworkAccessForQuery: 'Enabled',
      },
    },
    status: 201,
    answer: { properties: { customerId: TEXT, provisioningState: 'Succeeded' } },
    keeps: { customerId: 'properties.customerId' },
  },
  {
    command: 'monitor log-analytics workspace show',
    method: 'GET',
    path: WORKSPACE,
    versions: ['2025-02-01', '2022-10-01'],
    status: 200,
    answer: { properties: { customerId: '{customerId}', retentionInDays: 30, sku: {} } },
  },
  {
    command: 'containerapp env create; monitor log-analytics workspace get-shared-keys',
    method: 'POST',
    path: `${WORKSPACE}/sharedKeys`,
    versions: ['2020-08-01', '2025-02-01'],
    status: 200,
    answer: { primarySharedKey: TEXT, secondarySharedKey: TEXT },
    keeps: { sharedKey: 'primarySharedKey' },
  },
];

const life: RequestShape[] = [
  {
    command: 'containerapp env create: is there one',
    method: 'GET',
    path: ENVIRONMENT,
    versions: VERSIONS,
    status: 404,
    answer: error('ResourceNotFound'),
  },
  {
    command: 'containerapp env create',
    method: 'PUT',
    path: ENVIRONMENT,
    versions: WRITE,
    body: {
      ...{ location: 'koreacentral', tags: null },
      properties: {
        ...{ daprAIInstrumentationKey: null, vnetConfiguration: null },
        appLogsConfiguration: {
          destination: 'log-analytics',
          logAnalyticsConfiguration: { customerId: '{customerId}', sharedKey: '{sharedKey}' },
        },
        customDomainConfiguration: null,
        workloadProfiles: [{ workloadProfileType: 'Consumption', Name: 'Consumption' }],
        zoneRedundant: false,
      },
    },
    status: 201,
    polls: 'azure-asyncoperation',
  },
  {
    command: 'containerapp env show; containerapp create',
    method: 'GET',
    path: ENVIRONMENT,
    versions: VERSIONS,
    status: 200,
    answer: SHOWN,
    keeps: { environmentStream: 'properties.eventStreamEndpoint' },
  },
  {
    command: 'containerapp env list -g',
    method: 'GET',
    path: `{group}/providers/${TYPE}`,
    versions: VERSIONS,
    status: 200,
    answer: { value: [SHOWN] },
  },
  {
    command: 'containerapp env list',
    method: 'GET',
    path: `{sub}/providers/${TYPE}`,
    versions: VERSIONS,
    status: 200,
    answer: { value: [SHOWN] },
  },
  {
    // The address of its polls has to be one of two words.
    command: 'containerapp env update',
    method: 'PATCH',
    path: ENVIRONMENT,
    versions: WRITE,
    body: { tags: { area: 'shapes' } },
    status: 202,
    polls: 'location',
    reads: { location: environmentOperation() },
  },
  {
    command: 'containerapp up: its first question, which is malformed',
    method: 'GET',
    path: `{group}/providers/${TYPE}/${ENVIRONMENT}`,
    versions: VERSIONS,
    status: 404,
    answer: { error: { code: TEXT, message: TEXT } },
  },
  {
    command: 'containerapp env logs show: a token',
    method: 'POST',
    path: `${ENVIRONMENT}/getAuthToken`,
    versions: VERSIONS,
    status: 200,
    answer: { properties: { token: TEXT } },
    keeps: { environmentToken: 'properties.token' },
  },
  {
    command: 'containerapp env logs show',
    method: 'GET',
    path: '{environmentStream}',
    query: { follow: 'false', tailLines: '20' },
    as: 'environmentToken',
    status: 200,
    text: /^\{"TimeStamp".*"Msg".*\}\n/,
  },
  ...[
    {
      command: 'containerapp env update --enable-mtls',
      named: 'peerAuthentication.mtls',
      properties: { peerAuthentication: { mtls: { enabled: true } } },
    },
    {
      command: 'containerapp env update --enable-peer-to-peer-encryption',
      named: 'peerTrafficConfiguration.encryption',
      properties: { peerTrafficConfiguration: { encryption: { enabled: true } } },
    },
    {
      command: 'containerapp env update --custom-domain-dns-suffix',
      named: 'customDomainConfiguration.dnsSuffix',
      properties: { customDomainConfiguration: { dnsSuffix: 'a.example', certificateValue: '' } },
    },
  ].map(({ command, named, properties }): RequestShape => ({
    ...{ command, method: 'PATCH', path: ENVIRONMENT, versions: WRITE, body: { properties } },
    ...notImplemented(named),
  })),
  ...[
    { command: 'containerapp env workload-profile list', type: 'workloadProfileStates' },
    { command: 'containerapp env certificate list', type: 'certificates' },
    { command: 'containerapp env storage list', type: 'storages' },
    { command: 'containerapp env dapr-component list', type: 'daprComponents' },
  ].map(({ command, type }): RequestShape => ({
    ...{ command, method: 'GET', path: `${ENVIRONMENT}/${type}`, versions: WRITE },
    ...unknownType(`managedEnvironments/${type}`),
  })),
];

export const environments: ShapeTable = {
  plane: 'environments and workspaces',
  shapes: [...workspace, ...life],
};

function environmentOperation(): unknown {
  return expect.stringMatching(/managedEnvironmentOperation(Statuses|Results)/);
}
