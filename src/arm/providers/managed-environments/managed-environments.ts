import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../base/clock.js';
import { isJsonObject } from '../../../base/json.js';
import type { Json, JsonObject } from '../../../base/json.js';
import type { EnvironmentDocument } from '../../../apps/documents.js';
import { parsePlatform } from '../../../oci/platform.js';
import type { AppService } from '../../../apps/service.js';
import type { TokenAuthority } from '../../../identity/token-authority.js';
import { ArmError, armErrors } from '../../errors.js';
import { mergePatch } from '../../merge-patch.js';
import type { RequestContext, Resource, ResourceProvider, WriteResult } from '../../provider.js';
import { findRegion, normaliseLocation } from '../../regions.js';
import { propertiesOf } from '../../resource-documents.js';
import { nameOf } from '../../resource-id.js';
import type { ResourceId } from '../../resource-id.js';
import { authToken } from '../container-apps/auth-token.js';
import { verificationId } from '../container-apps/render-app.js';
import { domainLabel } from './domain-label.js';
import { refuseFeatures } from './environment-features.js';
import { environmentNetwork } from './environment-network.js';

const TYPE = 'Microsoft.App/managedEnvironments';
const NAME = /^[A-Za-z][-A-Za-z0-9]{0,58}[A-Za-z0-9]$/;

export interface ManagedEnvironmentsOptions {
  service: AppService;
  tokens: TokenAuthority;
  clock: Clock;
  /** `crypto.randomBytes` unless told otherwise. */
  random?: (size: number) => Uint8Array;
}

/** `Microsoft.App/managedEnvironments`: a domain that apps live under. */
export function createManagedEnvironmentsProvider(
  options: ManagedEnvironmentsOptions,
): ResourceProvider {
  const { service } = options;
  const find = (id: ResourceId): EnvironmentDocument => {
    const environment = service.environment(id.key);
    if (!environment) throw armErrors.resourceNotFound(id);
    return environment;
  };
  return {
    type: TYPE,
    apiVersions: ['2025-01-01', '2024-03-01', '2023-05-01', '2022-10-01', '2022-03-01'],
    operationsName: 'managedEnvironmentOperationStatuses',
    get: async (id, context) => {
      const environment = service.environment(id.key);
      return environment && render(environment, context);
    },
    list: async (scope, context) =>
      service
        .environments()
        .filter(({ key }) => key.startsWith(`${scope.key}/`))
        .map((environment) => render(environment, context)),
    put: (id, body, context) => write(id, body, context, options),
    preview: async (id, body, context) => {
      const existing = service.environment(id.key);
      if (existing === undefined) return undefined;
      const before = render(existing, context);
      return { before, after: render(parse(id, body, existing, context, options), context) };
    },
    patch: async (id, body, context) =>
      write(id, mergePatch(render(find(id), context), body), context, options),
    delete: async (id) => {
      const inside = service.workloadsIn(id.key);
      if (inside.length > 0)
        throw environmentInUse(
          nameOf(id),
          inside.map(({ name }) => name),
        );
      await service.deleteEnvironment(id.key);
    },
    actions: {
      getauthtoken: async (id, _body, context) =>
        authToken(render(find(id), context), id.key, options),
    },
  };
}

async function write(
  id: ResourceId,
  body: JsonObject,
  context: RequestContext,
  options: ManagedEnvironmentsOptions,
): Promise<WriteResult> {
  const { service } = options;
  const existing = service.environment(id.key);
  const environment = parse(id, body, existing, context, options);
  await service.putEnvironment(environment);
  return {
    created: existing === undefined,
    resource: render(environment, context),
    // nothing is left to do, but the stock CLI polls each creation and insists on the header that says where
    pending: Promise.resolve(),
  };
}

function parse(
  id: ResourceId,
  body: JsonObject,
  existing: EnvironmentDocument | undefined,
  context: RequestContext,
  { clock, random = randomBytes }: ManagedEnvironmentsOptions,
): EnvironmentDocument {
  const name = existing?.name ?? nameOf(id);
  if (!NAME.test(name) || name.includes('--')) throw invalidName(name);
  const properties = propertiesOf(body);
  refuseFeatures(properties);
  const network = environmentNetwork(properties, existing);
  const location = normaliseLocation(textOf(body['location']) ?? existing?.location ?? '');
  return {
    key: id.key,
    subscriptionId: existing?.subscriptionId ?? id.subscriptionId,
    resourceGroup: existing?.resourceGroup ?? id.resourceGroup ?? '',
    name,
    location,
    defaultDomain:
      existing?.defaultDomain ?? `${domainLabel(random)}.${location}.azurecontainerapps.io`,
    ...(network && { network }),
    createdAt: existing?.createdAt ?? clock.now().toISOString(),
    resource: {
      tags: objectOf(body['tags']),
      properties: keptProperties(properties),
      systemData: systemData(existing, context, clock),
    },
  };
}

/** Of what clients send, the part that is shown again. Keys never are. */
function keptProperties(properties: JsonObject): JsonObject {
  const given = properties['appLogsConfiguration'];
  const logs = isJsonObject(given) ? given : {};
  const analytics = logs['logAnalyticsConfiguration'];
  return {
    appLogsConfiguration: {
      destination: logs['destination'] ?? null,
      logAnalyticsConfiguration: isJsonObject(analytics)
        ? {
            customerId: analytics['customerId'] ?? null,
            dynamicJsonColumns: false,
            sharedKey: null,
          }
        : null,
    },
    zoneRedundant: properties['zoneRedundant'] === true,
    workloadProfiles: workloadProfiles(properties['workloadProfiles']),
    vnetConfiguration: properties['vnetConfiguration'] ?? null,
  };
}

/** Clients write `Name` and `name`; what is shown has `name`. */
function workloadProfiles(given: Json | undefined): JsonObject[] {
  const profiles = Array.isArray(given) ? given.filter(isJsonObject) : [];
  if (profiles.length === 0) return [{ workloadProfileType: 'Consumption', name: 'Consumption' }];
  return profiles.map(({ Name, name, ...rest }) => {
    const type = textOf(rest['workloadProfileType']) ?? '';
    if (type.includes('/') && !parsePlatform(type)) throw invalidProfileType(type);
    return { ...rest, name: name ?? Name ?? rest['workloadProfileType'] ?? 'Consumption' };
  });
}

function render(environment: EnvironmentDocument, { baseUrl }: RequestContext): Resource {
  const { subscriptionId, resourceGroup, name, location, resource } = environment;
  const path = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  return {
    id: `${path}/providers/${TYPE}/${name}`,
    name,
    type: TYPE,
    location: findRegion(location)?.displayName ?? location,
    tags: resource['tags'] ?? {},
    systemData: resource['systemData'] ?? {},
    properties: {
      provisioningState: 'Succeeded',
      defaultDomain: environment.defaultDomain,
      staticIp: '127.0.0.1',
      eventStreamEndpoint: `${baseUrl}${path}/managedEnvironments/${name}/eventstream`,
      ...objectOf(resource['properties']),
      daprAIInstrumentationKey: null,
      daprAIConnectionString: null,
      customDomainConfiguration: {
        customDomainVerificationId: verificationId(subscriptionId),
        dnsSuffix: null,
        certificateValue: null,
        certificatePassword: null,
        certificateKeyVaultProperties: null,
        thumbprint: null,
        subjectName: null,
        expirationDate: null,
      },
      kedaConfiguration: { version: null },
      daprConfiguration: { version: null },
      infrastructureResourceGroup: null,
      peerAuthentication: { mtls: { enabled: false } },
      peerTrafficConfiguration: { encryption: { enabled: false } },
      publicNetworkAccess: 'Enabled',
    },
  };
}

function systemData(
  existing: EnvironmentDocument | undefined,
  context: RequestContext,
  clock: Clock,
): JsonObject {
  const now = clock.now().toISOString().replace('Z', '0000');
  return {
    createdBy: context.caller,
    createdByType: 'Application',
    createdAt: now,
    ...objectOf(existing?.resource['systemData']),
    lastModifiedBy: context.caller,
    lastModifiedByType: 'Application',
    lastModifiedAt: now,
  };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function invalidName(name: string): ArmError {
  return new ArmError({
    status: 400,
    code: 'ManagedEnvironmentInvalidName',
    message:
      `Invalid managed environment name '${name}'. A name has letters, digits and '-', starts with a letter, ` +
      "ends with a letter or digit, cannot have '--' and has 2 to 60 characters.",
  });
}

function invalidProfileType(type: string): ArmError {
  return new ArmError({
    status: 400,
    code: 'InvalidWorkloadProfileType',
    message: `The workloadProfileType '${type}' is no platform such as 'linux/arm64', and no type of Azure's such as 'Consumption' or 'D4'.`,
  });
}

function environmentInUse(name: string, apps: readonly string[]): ArmError {
  return new ArmError({
    status: 409,
    code: 'ManagedEnvironmentHasContainerApps',
    message:
      `The environment '${name}' cannot be deleted because it has container apps: ${apps.join(', ')}. ` +
      'Delete them first.',
  });
}
