import { ImageRefusedError } from '../../../apps/image-admission.js';
import type { JobDocument } from '../../../apps/jobs/job-documents.js';
import type { JobInput } from '../../../apps/jobs/job-service.js';
import type { AppService } from '../../../apps/service.js';
import type { Clock } from '../../../base/clock.js';
import { textOf } from '../../../base/json.js';
import type { JsonObject } from '../../../base/json.js';
import type { TokenAuthority } from '../../../identity/token-authority.js';
import { ArmError, armErrors } from '../../errors.js';
import { mergePatch } from '../../merge-patch.js';
import type {
  ActionResult,
  RequestContext,
  ResourceProvider,
  WriteResult,
} from '../../provider.js';
import { normaliseLocation } from '../../regions.js';
import { nameOf } from '../../resource-id.js';
import type { ResourceId } from '../../resource-id.js';
import { authToken } from '../container-apps/auth-token.js';
import { appErrors } from '../container-apps/errors.js';
import { Fields } from '../container-apps/fields.js';
import { checkSecretRefs } from '../container-apps/parse-configuration.js';
import { parsePod } from '../container-apps/parse-template.js';
import {
  checkWorkloadProfile,
  environmentKeyOf,
  systemData,
} from '../container-apps/workload-fields.js';
import {
  renderIdentity,
  withPrincipals,
  type FindIdentity,
} from '../identities/resource-identity.js';
import { createExecutionProviders } from './executions.js';
import { parseExecutionTemplate, parseJobConfiguration } from './parse-job.js';
import { executionIdText, JOB_TYPE, renderExecution, renderJob } from './render-job.js';

export interface JobsOptions {
  service: AppService;
  tokens: TokenAuthority;
  clock: Clock;
  /** Shown with system-assigned identities. */
  tenantId?: string;
  /** Where user-assigned identities are found, to be shown with their ids. */
  findIdentity?: FindIdentity;
}

const NAME = /^[a-z]([-a-z0-9]{0,30}[a-z0-9])$/;

/** `Microsoft.App/jobs` and what is below them. */
export function createJobProviders(options: JobsOptions): ResourceProvider[] {
  const { jobs } = options.service;
  const find = (id: ResourceId): JobDocument => {
    const job = jobs.job(id.key);
    if (!job) throw armErrors.resourceNotFound(id);
    return job;
  };
  const provider: ResourceProvider = {
    type: JOB_TYPE,
    apiVersions: ['2025-01-01', '2024-03-01', '2023-05-01'],
    operationsName: 'containerappsjobOperationStatuses',
    get: async (id, context) => {
      const job = jobs.job(id.key);
      return job && renderJob(job, context);
    },
    list: async (scope, context) =>
      jobs
        .jobs()
        .filter(({ key }) => key.startsWith(`${scope.key}/`))
        .map((job) => renderJob(job, context)),
    put: (id, body, context) => write(id, body, context, options),
    preview: async (id, body, context) => {
      const job = jobs.job(id.key);
      if (!job) return undefined;
      const input = await readInput(id, body, context, options);
      return {
        before: renderJob(job, context, true),
        after: renderJob({ ...job, ...input }, context, true),
      };
    },
    patch: async (id, body, context) =>
      write(id, mergePatch(renderJob(find(id), context, true), body), context, options),
    delete: (id) => jobs.delete(id.key),
    actions: {
      start: (id, body) => start(find(id), body, options),
      stop: (id, body) => stop(id, find(id), textOf(body[NAMED]), options),
      listsecrets: async (id) => ({
        status: 200,
        body: {
          value: find(id).configuration.secrets.map(({ name, value }) => ({ name, value })),
        },
      }),
      getauthtoken: async (id, _body, context) =>
        authToken(renderJob(find(id), context), id.key, options),
    },
    namedActions: { stop: NAMED },
  };
  return [provider, ...createExecutionProviders(jobs)];
}

/** `…/jobs/JOB/stop/EXECUTION` */
const NAMED = 'jobExecutionName';

async function write(
  id: ResourceId,
  body: JsonObject,
  context: RequestContext,
  options: JobsOptions,
): Promise<WriteResult> {
  const input = await readInput(id, body, context, options);
  try {
    const { created, job } = await options.service.jobs.put(input, context.signal);
    // clients wait for an operation, however short
    return { created, resource: renderJob(job, context), pending: Promise.resolve() };
  } catch (error) {
    if (!(error instanceof ImageRefusedError)) throw error;
    throw new ArmError({ status: 400, code: error.code, message: error.message });
  }
}

async function readInput(
  id: ResourceId,
  body: JsonObject,
  context: RequestContext,
  options: JobsOptions,
): Promise<JobInput> {
  const parsed = parseInput(id, body, context, options);
  const identity = await withPrincipals(parsed.resource['identity'], options.findIdentity);
  return { ...parsed, resource: { ...parsed.resource, identity } };
}

function parseInput(
  id: ResourceId,
  body: JsonObject,
  context: RequestContext,
  { service, clock, tenantId }: JobsOptions,
): JobInput {
  const existing = service.jobs.job(id.key);
  const name = existing?.name ?? nameOf(id);
  if (!NAME.test(name) || name.includes('--')) throw appErrors.invalidJobName(name);
  const root = new Fields(body, 'body');
  const properties = root.object('properties') ?? new Fields({}, 'properties');
  const environmentId = properties.string('environmentId');
  const environmentKey = environmentKeyOf(environmentId, existing, service);
  const workloadProfileName = properties.string('workloadProfileName') ?? 'Consumption';
  checkWorkloadProfile(workloadProfileName, environmentKey, service);
  const configuration = parseJobConfiguration(
    properties.object('configuration') ?? new Fields({}, 'properties.configuration'),
    existing?.configuration.secrets ?? [],
  );
  const template = parsePod(
    properties.object('template') ?? new Fields({}, 'properties.template'),
    contextOf(name, workloadProfileName),
  );
  checkSecretRefs(configuration, template);
  return {
    key: id.key,
    subscriptionId: existing?.subscriptionId ?? id.subscriptionId,
    resourceGroup: existing?.resourceGroup ?? id.resourceGroup ?? '',
    name,
    environmentKey,
    configuration,
    template,
    resource: {
      location: normaliseLocation(root.string('location') ?? ''),
      tags: root.stringMap('tags'),
      identity: renderIdentity(body['identity'], existing?.resource['identity'], tenantId),
      systemData: systemData(existing?.resource['systemData'], context, clock),
      environmentId: environmentId ?? existing?.environmentKey ?? '',
      workloadProfileName,
    },
  };
}

function contextOf(appName: string, profile: string): { appName: string; consumption: boolean } {
  return { appName, consumption: profile.toLowerCase() === 'consumption' };
}

async function start(
  job: JobDocument,
  body: JsonObject,
  { service }: JobsOptions,
): Promise<ActionResult> {
  const context = contextOf(job.name, textOf(job.resource['workloadProfileName']));
  const template = parseExecutionTemplate(body, job, context);
  if (template) checkSecretRefs(job.configuration, template);
  const execution = await service.jobs.start(job.key, template);
  if (!execution) throw appErrors.jobNotFound(job.name);
  return { status: 200, body: { id: executionIdText(job, execution), name: execution.name } };
}

async function stop(
  id: ResourceId,
  job: JobDocument,
  name: string,
  { service }: JobsOptions,
): Promise<ActionResult> {
  const stopped = await service.jobs.stop(id.key, name === '' ? undefined : name);
  if (!stopped) throw appErrors.executionNotFound(name, job.name);
  if (name !== '') return { status: 200, body: {} };
  return { status: 200, body: { value: stopped.map((one) => renderExecution(job, one)) } };
}
