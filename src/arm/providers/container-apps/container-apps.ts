import type { Clock } from '../../../base/clock.js';
import { isJsonObject } from '../../../base/json.js';
import type { JsonObject } from '../../../base/json.js';
import type { AppDocument } from '../../../apps/documents.js';
import { ImageRefusedError } from '../../../apps/image-admission.js';
import { RevisionExistsError } from '../../../apps/app-writes.js';
import type { AppInput } from '../../../apps/app-writes.js';
import type { AppService, PutResult } from '../../../apps/service.js';
import type { TokenAuthority } from '../../../identity/token-authority.js';
import { ArmError, armErrors } from '../../errors.js';
import { mergePatch } from '../../merge-patch.js';
import type { RequestContext, Resource, ResourceProvider, WriteResult } from '../../provider.js';
import { normaliseLocation } from '../../regions.js';
import { nameOf } from '../../resource-id.js';
import type { ResourceId } from '../../resource-id.js';
import { authToken } from './auth-token.js';
import { appErrors } from './errors.js';
import { Fields } from './fields.js';
import { checkSecretRefs, parseConfiguration } from './parse-configuration.js';
import { parseTemplate } from './parse-template.js';
import {
  renderIdentity,
  withPrincipals,
  type FindIdentity,
} from '../identities/resource-identity.js';
import { APP_TYPE, renderApp } from './render-app.js';
import { checkWorkloadProfile, environmentKeyOf, systemData } from './workload-fields.js';

export interface ContainerAppsOptions {
  service: AppService;
  tokens: TokenAuthority;
  clock: Clock;
  /** Shown with system-assigned identities. */
  tenantId?: string;
  /** Where user-assigned identities are found, to be shown with their ids. */
  findIdentity?: FindIdentity;
}

const NAME = /^[a-z]([-a-z0-9]{0,30}[a-z0-9])$/;

/** `Microsoft.App/containerApps`. */
export function createContainerAppsProvider(options: ContainerAppsOptions): ResourceProvider {
  const { service } = options;
  const find = (id: ResourceId): AppDocument => {
    const app = service.app(id.key);
    if (!app) throw armErrors.resourceNotFound(id);
    return app;
  };
  const render = (app: AppDocument, { baseUrl }: RequestContext): Resource =>
    renderApp(app, { service, baseUrl });

  return {
    type: APP_TYPE,
    apiVersions: ['2025-01-01', '2024-03-01', '2023-05-01', '2022-10-01', '2022-03-01'],
    operationsName: 'containerappOperationStatuses',
    get: async (id, context) => {
      const app = service.app(id.key);
      return app && render(app, context);
    },
    list: async (scope, context) =>
      service
        .apps()
        .filter(({ key }) => key.startsWith(`${scope.key}/`))
        .map((app) => render(app, context)),
    put: (id, body, context) => write(id, body, context, options),
    preview: async (id, body, context) => {
      const app = service.app(id.key);
      if (!app) return undefined;
      const shown = { service, baseUrl: context.baseUrl, secretValues: true };
      const input = await readInput(id, body, app, context, options);
      return { before: renderApp(app, shown), after: renderApp({ ...app, ...input }, shown) };
    },
    patch: async (id, body, context) => {
      const app = find(id);
      const target = renderApp(app, { service, baseUrl: context.baseUrl, secretValues: true });
      return write(id, mergePatch(withoutSuffix(target), body), context, options);
    },
    delete: (id) => service.deleteApp(id.key),
    actions: {
      listsecrets: async (id) => ({
        status: 200,
        body: {
          value: find(id).configuration.secrets.map(({ name, value }) => ({ name, value })),
        },
      }),
      getauthtoken: async (id, _body, context) =>
        authToken(render(find(id), context), id.key, options),
    },
  };
}

/** A suffix names one revision: a patch that does not give one again does not mean the old one. */
function withoutSuffix(app: Resource): Resource {
  const { template } = app.properties;
  if (!isJsonObject(template)) return app;
  return {
    ...app,
    properties: { ...app.properties, template: { ...template, revisionSuffix: '' } },
  };
}

async function write(
  id: ResourceId,
  body: JsonObject,
  context: RequestContext,
  options: ContainerAppsOptions,
): Promise<WriteResult> {
  const { service } = options;
  const input = await readInput(id, body, service.app(id.key), context, options);
  const result = await put(service, input, context.signal);
  const pending = result.outcome.catch((error: unknown) => {
    throw asArmError(error);
  });
  pending.catch(() => undefined); // told through the operation
  return {
    created: result.created,
    resource: renderApp(result.app, { service, baseUrl: context.baseUrl }),
    pending,
  };
}

async function put(service: AppService, input: AppInput, signal?: AbortSignal): Promise<PutResult> {
  try {
    return await service.putApp(input, signal);
  } catch (error) {
    throw asArmError(error);
  }
}

function asArmError(error: unknown): unknown {
  if (error instanceof ImageRefusedError) {
    return new ArmError({ status: 400, code: error.code, message: error.message });
  }
  return error instanceof RevisionExistsError
    ? appErrors.revisionExists(error.revisionName)
    : error;
}

async function readInput(
  id: ResourceId,
  body: JsonObject,
  existing: AppDocument | undefined,
  context: RequestContext,
  options: ContainerAppsOptions,
): Promise<AppInput> {
  const parsed = parseInput(id, body, existing, context, options);
  const identity = await withPrincipals(parsed.resource['identity'], options.findIdentity);
  return { ...parsed, resource: { ...parsed.resource, identity } };
}

function parseInput(
  id: ResourceId,
  body: JsonObject,
  existing: AppDocument | undefined,
  context: RequestContext,
  { service, clock, tenantId }: ContainerAppsOptions,
): AppInput {
  const name = existing?.name ?? nameOf(id);
  if (!NAME.test(name) || name.includes('--')) throw appErrors.invalidName(name);
  const root = new Fields(body, 'body');
  const properties = root.object('properties') ?? new Fields({}, 'properties');
  const environmentId =
    properties.string('environmentId') ?? properties.string('managedEnvironmentId');
  const environmentKey = environmentKeyOf(environmentId, existing, service);
  const workloadProfileName = properties.string('workloadProfileName') ?? 'Consumption';
  checkWorkloadProfile(workloadProfileName, environmentKey, service);
  const configuration = parseConfiguration(
    properties.object('configuration'),
    existing?.configuration.secrets ?? [],
  );
  const template = parseTemplate(properties.object('template') ?? new Fields({}, 'template'), {
    appName: name,
    consumption: workloadProfileName.toLowerCase() === 'consumption',
  });
  checkSecretRefs(configuration, template);
  checkTraffic(id.key, configuration, service);
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
      environmentId: environmentId ?? environmentKey,
      workloadProfileName,
    },
  };
}

/** A revision that gets traffic by name must exist and be active. */
function checkTraffic(
  appKey: string,
  { ingress, activeRevisionsMode }: AppInput['configuration'],
  service: AppService,
): void {
  if (activeRevisionsMode === 'Single') return;
  for (const { revisionName, weight } of ingress?.traffic ?? []) {
    if (revisionName === undefined) continue;
    const revision = service.revision(appKey, revisionName);
    if (!revision || (weight > 0 && !revision.active)) {
      throw appErrors.trafficRevisionNotFound(revisionName);
    }
  }
}
