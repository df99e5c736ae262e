import { listOf, type RequestShape, type ShapeTable } from './request-shape.js';
import { REGISTRY } from './registries.js';
import { PLATFORM, RUN, TASK } from './runs.js';

const VERSIONS = ['2025-03-01-preview', '2019-06-01-preview'];
const WRITE = VERSIONS.slice(0, 1);

const shapes: RequestShape[] = [
  {
    command: 'acr task create',
    method: 'PUT',
    path: `${REGISTRY}/tasks/nightly`,
    versions: WRITE,
    body: {
      location: 'koreacentral',
      properties: {
        ...{ status: 'Enabled', platform: PLATFORM, agentConfiguration: { cpu: 2 }, timeout: 3600 },
        step: { type: 'EncodedTask', encodedTaskContent: TASK, values: [] },
        trigger: {
          baseImageTrigger: {
            ...{ baseImageTriggerType: 'Runtime', updateTriggerPayloadType: 'Default' },
            ...{ status: 'Enabled', name: 'defaultBaseimageTriggerName' },
          },
          timerTriggers: [{ name: 't1', schedule: '0 3 * * *', status: 'Enabled' }],
          sourceTriggers: [],
        },
        ...{ credentials: {}, isSystemTask: false },
      },
    },
    status: 200,
    answer: { name: 'nightly', properties: { provisioningState: 'Succeeded', status: 'Enabled' } },
  },
  {
    command: 'acr task show',
    method: 'GET',
    path: `${REGISTRY}/tasks/nightly`,
    versions: VERSIONS,
    status: 200,
    answer: { properties: { platform: PLATFORM, step: { type: 'EncodedTask' } } },
  },
  {
    command: 'acr task list',
    method: 'GET',
    path: `${REGISTRY}/tasks`,
    versions: VERSIONS,
    status: 200,
    answer: listOf({ name: 'nightly' }),
  },
  {
    command: 'acr task update',
    method: 'PATCH',
    path: `${REGISTRY}/tasks/nightly`,
    versions: VERSIONS,
    body: { properties: { status: 'Enabled', agentConfiguration: { cpu: 2 } } },
    status: 200,
    answer: { properties: { status: 'Enabled' } },
  },
  {
    command: 'acr task run: its time limit',
    method: 'POST',
    path: `${REGISTRY}/tasks/nightly/listDetails`,
    versions: VERSIONS,
    status: 200,
    answer: { properties: { timeout: 3600 } },
  },
  {
    command: 'acr task run',
    method: 'POST',
    path: `${REGISTRY}/scheduleRun`,
    versions: WRITE,
    body: {
      ...{ type: 'TaskRunRequest', isArchiveEnabled: false, taskId: `${REGISTRY}/tasks/nightly` },
      overrideTaskStepProperties: { arguments: [], values: [] },
    },
    status: 200,
    answer: RUN,
    keeps: { runId: 'properties.runId' },
  },
  {
    command: 'acr task run --no-logs',
    method: 'GET',
    path: `${REGISTRY}/runs/{runId}`,
    versions: VERSIONS,
    status: 200,
    repeats: true,
    answer: { properties: { status: 'Succeeded', task: 'nightly' } },
  },
  {
    command: 'acr task logs: the last run',
    method: 'GET',
    path: `${REGISTRY}/runs`,
    versions: VERSIONS,
    query: { $top: '1', $filter: "TaskName eq 'nightly'" },
    status: 200,
    answer: { value: [{ name: '{runId}' }] },
  },
  {
    command: 'acr task list-runs',
    method: 'GET',
    path: `${REGISTRY}/runs`,
    versions: VERSIONS,
    query: { $top: '15', $filter: "TaskName eq 'nightly' and Status eq 'Succeeded'" },
    status: 200,
    answer: { value: [{ name: '{runId}' }] },
  },
  {
    command: 'acr task list-runs --image',
    method: 'GET',
    path: `${REGISTRY}/runs`,
    versions: VERSIONS,
    query: { $top: '15', $filter: "contains(OutputImageManifests, 'app@{digest}')" },
    status: 200,
    answer: { value: [] },
  },
  {
    command: 'acr task cancel-run, of one that has ended',
    method: 'POST',
    path: `${REGISTRY}/runs/{runId}/cancel`,
    versions: VERSIONS,
    status: 200,
  },
  {
    command: 'acr task delete',
    method: 'DELETE',
    path: `${REGISTRY}/tasks/nightly`,
    versions: WRITE,
    status: [200, 202],
    polls: 'location',
  },
];

export const tasks: ShapeTable = { plane: 'registries: tasks', shapes };
