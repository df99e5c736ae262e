import type {
  ExecutionDocument,
  ExecutionReplica,
  JobConfiguration,
  JobDocument,
} from '../../../apps/jobs/job-documents.js';
import type { Replica } from '../../../apps/replica/replica.js';
import { isJsonObject } from '../../../base/json.js';
import type { JsonObject } from '../../../base/json.js';
import type { RequestContext, Resource } from '../../provider.js';
import { displayLocation } from '../container-apps/render-app.js';
import { renderPod } from '../container-apps/render-template.js';

export const JOB_TYPE = 'Microsoft.App/jobs';

export function jobIdText({ subscriptionId, resourceGroup, name }: JobDocument): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${JOB_TYPE}/${name}`;
}

/** Where the data plane answers about a job. */
function dataPlanePath({ subscriptionId, resourceGroup, name }: JobDocument): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/jobs/${name}`;
}

/** A job as GET, PUT and PATCH answer it. @param secretValues what a merge patch is applied to */
export function renderJob(
  job: JobDocument,
  { baseUrl }: RequestContext,
  secretValues = false,
): Resource {
  const { location, tags, identity, systemData, environmentId, workloadProfileName } = job.resource;
  return {
    id: jobIdText(job),
    name: job.name,
    type: JOB_TYPE,
    location: displayLocation(location),
    ...(isJsonObject(tags) && Object.keys(tags).length > 0 && { tags }),
    ...(systemData !== undefined && { systemData }),
    identity: identity ?? { type: 'None' },
    properties: {
      provisioningState: 'Succeeded',
      runningState: 'Ready',
      environmentId: environmentId ?? job.environmentKey,
      workloadProfileName: workloadProfileName ?? 'Consumption',
      configuration: renderConfiguration(job.configuration, secretValues),
      template: renderPod(job.template),
      eventStreamEndpoint: `${baseUrl}${dataPlanePath(job)}/eventstream`,
      outboundIpAddresses: ['127.0.0.1'],
    },
  };
}

function renderConfiguration(configuration: JobConfiguration, secretValues: boolean): JsonObject {
  const { trigger, secrets, registries, replicaTimeout, replicaRetryLimit } = configuration;
  const { kind, cronExpression, parallelism, replicaCompletionCount } = trigger;
  const counts = { parallelism, replicaCompletionCount };
  return {
    triggerType: kind,
    replicaTimeout,
    replicaRetryLimit,
    manualTriggerConfig: kind === 'Manual' ? counts : null,
    scheduleTriggerConfig: cronExpression === undefined ? null : { cronExpression, ...counts },
    eventTriggerConfig: null,
    registries: registries.length > 0 ? registries.map((registry) => ({ ...registry })) : null,
    secrets:
      secrets.length > 0
        ? secrets.map(({ name, value }): JsonObject => (secretValues ? { name, value } : { name }))
        : null,
    identitySettings: [],
  };
}

export function executionIdText(job: JobDocument, { name }: ExecutionDocument): string {
  return `${jobIdText(job)}/executions/${name}`;
}

export function renderExecution(job: JobDocument, execution: ExecutionDocument): Resource {
  const { name, status, startTime, endTime, template } = execution;
  const { containers, initContainers } = renderPod(template);
  return {
    id: executionIdText(job, execution),
    name,
    type: `${JOB_TYPE}/executions`,
    properties: {
      status,
      startTime: secondsTime(startTime),
      ...(endTime !== undefined && { endTime: secondsTime(endTime) }),
      template: { containers: containers ?? [], initContainers: initContainers ?? null },
    },
  };
}

/** `'2026-06-29T08:50:14+00:00'` */
function secondsTime(iso: string): string {
  return `${iso.slice(0, 19)}+00:00`;
}

/** @param running the replica itself, as long as it is there */
export function renderExecutionReplica(
  job: JobDocument,
  execution: ExecutionDocument,
  replica: ExecutionReplica,
  running: Replica | undefined,
  { baseUrl }: RequestContext,
): Resource {
  const base = `${baseUrl}${dataPlanePath(job)}/executions/${execution.name}/replicas/${replica.name}`;
  const phaseOf = (name: string): string => {
    const managed = [...(running?.init ?? []), ...(running?.containers ?? [])];
    const phase = managed.find((container) => container.name === name)?.phase.kind ?? 'completed';
    return phase === 'running' ? 'Running' : phase === 'completed' ? 'Terminated' : 'Waiting';
  };
  const render = ({ name }: { name: string }): JsonObject => ({
    name,
    ready: phaseOf(name) === 'Running',
    runningState: phaseOf(name),
    logStreamEndpoint: `${base}/containers/${name}/logstream`,
  });
  return {
    id: `${executionIdText(job, execution)}/replicas/${replica.name}`,
    name: replica.name,
    type: `${JOB_TYPE}/executions/replicas`,
    properties: {
      createdTime: `${replica.createdAt.slice(0, 19)}Z`,
      runningState: replica.outcome === undefined ? 'Running' : 'NotRunning',
      containers: execution.template.containers.map(render),
      initContainers: execution.template.initContainers.map(render),
    },
  };
}
