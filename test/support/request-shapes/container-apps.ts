import { LIST, TEXT, type RequestShape, type ShapeTable } from './request-shape.js';
import { ENVIRONMENT } from './environments.js';

const VERSIONS = ['2025-01-01', '2024-03-01'];
const WRITE = VERSIONS.slice(0, 1);
const TYPE = 'Microsoft.App/containerApps';
export const APP = `{group}/providers/${TYPE}/ca`;

/** Every field that was not given is sent as null. */
const CREATED = {
  location: 'Korea Central',
  identity: { type: 'None', userAssignedIdentities: null },
  properties: {
    environmentId: ENVIRONMENT,
    configuration: {
      secrets: [
        { name: 'registry-password', value: '{password}', keyVaultUrl: '', identity: '' },
        { name: 'key', value: 'of the door', keyVaultUrl: '', identity: '' },
      ],
      activeRevisionsMode: 'single',
      ingress: {
        ...{ fqdn: null, external: true, targetPort: 8000, transport: 'auto', exposedPort: null },
        ...{ allowInsecure: false, traffic: null, customDomains: null },
        ...{ ipSecurityRestrictions: null, stickySessions: null },
      },
      dapr: null,
      registries: [
        {
          ...{ server: '{loginServer}', username: 'acrshapes' },
          passwordSecretRef: 'registry-password',
        },
      ],
    },
    template: {
      revisionSuffix: null,
      containers: [
        {
          ...{ image: '{loginServer}/app:v1', name: 'ca', command: null, args: null },
          env: [
            { name: 'MESSAGE', value: 'one' },
            { name: 'KEY', secretRef: 'key' },
          ],
          ...{ resources: { cpu: 0.5, memory: '1Gi' }, volumeMounts: null },
        },
      ],
      initContainers: null,
      scale: { minReplicas: 1, maxReplicas: 1, rules: [] },
      ...{ volumes: null, serviceBinds: null },
    },
    workloadProfileName: null,
  },
  tags: null,
};

const SHOWN = {
  ...{ id: TEXT, name: 'ca', type: TYPE, location: 'Korea Central' },
  properties: {
    provisioningState: 'Succeeded',
    runningStatus: 'Running',
    ...{ environmentId: ENVIRONMENT, managedEnvironmentId: ENVIRONMENT },
    ...{ latestRevisionName: TEXT, latestReadyRevisionName: TEXT, latestRevisionFqdn: TEXT },
    ...{ customDomainVerificationId: TEXT, outboundIpAddresses: LIST, eventStreamEndpoint: TEXT },
    configuration: {
      // Names only.
      secrets: [{ name: 'registry-password' }, { name: 'key' }],
      activeRevisionsMode: 'Single',
      ingress: { fqdn: TEXT, external: true, traffic: [{ weight: 100, latestRevision: true }] },
    },
    template: {
      containers: [{ name: 'ca', resources: { cpu: 0.5, memory: '1Gi' } }],
      scale: { minReplicas: 1, maxReplicas: 1 },
    },
  },
};

const create: RequestShape[] = [
  {
    command: 'containerapp create',
    method: 'PUT',
    path: APP,
    versions: WRITE,
    body: CREATED,
    status: 201,
    polls: 'azure-asyncoperation',
  },
  {
    command: 'containerapp show',
    method: 'GET',
    path: APP,
    versions: VERSIONS,
    status: 200,
    answer: SHOWN,
    keeps: {
      app: '',
      revision: 'properties.latestRevisionName',
      appStream: 'properties.eventStreamEndpoint',
    },
  },
  {
    command: 'containerapp list -g',
    method: 'GET',
    path: `{group}/providers/${TYPE}`,
    versions: VERSIONS,
    status: 200,
    answer: { value: [SHOWN] },
  },
  {
    command: 'containerapp list',
    method: 'GET',
    path: `{sub}/providers/${TYPE}`,
    versions: VERSIONS,
    status: 200,
    answer: { value: [SHOWN] },
  },
  {
    command: 'containerapp show --show-secrets; containerapp secret list --show-values',
    method: 'POST',
    path: `${APP}/listSecrets`,
    versions: VERSIONS,
    status: 200,
    answer: {
      value: [
        { name: 'registry-password', value: '{password}' },
        { name: 'key', value: 'of the door' },
      ],
    },
  },
];

export const containerApps: ShapeTable = { plane: 'container apps', shapes: create };
