import { notImplemented, TEXT, type RequestShape, type ShapeTable } from './request-shape.js';
import { ENVIRONMENT } from './environments.js';

const VERSIONS = ['2025-01-01', '2024-03-01'];
const WRITE = VERSIONS.slice(0, 1);
const JOB = '{group}/providers/Microsoft.App/jobs/job';

const CONFIGURATION = {
  secrets: [{ name: 'registry-password', value: '{password}', keyVaultUrl: '', identity: '' }],
  ...{ triggerType: 'manual', replicaTimeout: 60, replicaRetryLimit: 0 },
  manualTriggerConfig: { replicaCompletionCount: 1, parallelism: 1 },
  ...{ scheduleTriggerConfig: null, eventTriggerConfig: null },
  registries: [
    { server: '{loginServer}', username: 'acrshapes', passwordSecretRef: 'registry-password' },
  ],
};
const CREATED = {
  location: 'Korea Central',
  identity: { type: 'None', userAssignedIdentities: null },
  properties: {
    environmentId: ENVIRONMENT,
    configuration: CONFIGURATION,
    template: {
      initContainers: null,
      containers: [
        {
          ...{ image: '{loginServer}/app:v1', name: 'job', command: null, args: null },
          env: [{ name: 'EXIT_CODE', value: '0' }],
          ...{ resources: { cpu: 0.25, memory: '0.5Gi' }, volumeMounts: null },
        },
      ],
      volumes: null,
    },
    workloadProfileName: null,
  },
  tags: null,
};
const SHOWN = {
  name: 'job',
  properties: {
    ...{ provisioningState: 'Succeeded', environmentId: ENVIRONMENT },
    configuration: { triggerType: 'Manual', secrets: [{ name: 'registry-password' }] },
    template: { containers: [{ name: 'job', resources: { cpu: 0.25, memory: '0.5Gi' } }] },
  },
};

const shapes: RequestShape[] = [
  {
    command: 'containerapp job create',
    method: 'PUT',
    path: JOB,
    versions: WRITE,
    body: CREATED,
    status: 201,
    polls: 'azure-asyncoperation',
  },
  {
    command: 'containerapp job show',
    method: 'GET',
    path: JOB,
    versions: VERSIONS,
    status: 200,
    answer: SHOWN,
  },
  {
    command: 'containerapp job list',
    method: 'GET',
    path: '{sub}/providers/Microsoft.App/jobs',
    versions: VERSIONS,
    status: 200,
    answer: { value: [SHOWN] },
  },
  {
    command: 'containerapp job update',
    method: 'PATCH',
    path: JOB,
    versions: WRITE,
    body: { properties: { configuration: { replicaTimeout: 90 } } },
    status: 202,
    polls: 'azure-asyncoperation',
  },
  {
    command: 'containerapp job secret list --show-values',
    method: 'POST',
    path: `${JOB}/listSecrets`,
    versions: VERSIONS,
    status: 200,
    answer: { value: [{ name: 'registry-password', value: '{password}' }] },
  },
  {
    command: 'containerapp job start',
    method: 'POST',
    path: `${JOB}/start`,
    versions: WRITE,
    status: 200,
    answer: { id: TEXT, name: TEXT },
    keeps: { execution: 'name' },
  },
  {
    command: 'containerapp job execution show',
    method: 'GET',
    path: `${JOB}/executions/{execution}`,
    versions: VERSIONS,
    status: 200,
    repeats: true,
    answer: { name: '{execution}', properties: { status: 'Succeeded', startTime: TEXT } },
  },
  {
    command: 'containerapp job execution list',
    method: 'GET',
    path: `${JOB}/executions`,
    versions: VERSIONS,
    status: 200,
    answer: { value: [{ name: '{execution}', properties: { status: 'Succeeded' } }] },
  },
  {
    command: 'containerapp job create --trigger-type Event',
    method: 'PUT',
    path: '{group}/providers/Microsoft.App/jobs/event',
    versions: WRITE,
    body: {
      ...CREATED,
      properties: {
        ...CREATED.properties,
        configuration: { ...CONFIGURATION, triggerType: 'event', eventTriggerConfig: {} },
      },
    },
    ...notImplemented("triggerType 'Event'"),
  },
  {
    command: 'containerapp job delete',
    method: 'DELETE',
    path: JOB,
    versions: WRITE,
    status: [200, 202],
    polls: 'location',
  },
];

export const jobs: ShapeTable = { plane: 'jobs', shapes };
