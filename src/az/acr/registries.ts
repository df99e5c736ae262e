import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { fillShape, SYSTEM_DATA, type Shape } from '../sdk-shape.js';
import type { Session } from '../session.js';
import { objectsAt, textAt, valueAt } from '../json-path.js';

export const REGISTRY_API_VERSION = '2026-09-01-preview';
const RESOURCES_API_VERSION = '2024-11-01';
const REGISTRY_TYPE = 'Microsoft.ContainerRegistry/registries';
const MANAGED_SKUS = new Set(['Basic', 'Standard', 'Premium']);

/** A registry and the resource group it is in. */
export interface FoundRegistry {
  name: string;
  resourceGroup: string;
  resource: JsonObject;
  /** e.g. `'localhost:5001'` */
  loginServer: string;
  adminUserEnabled: boolean;
}

export function registryPath(session: Session, group: string, name: string): string {
  return `${session.subscription}/resourceGroups/${encodeURIComponent(group)}/providers/${REGISTRY_TYPE}/${encodeURIComponent(name)}`;
}

/** `NAME`, or `NAME.azurecr.io` cut to its name. @throws AzError for anything else */
export function registryName(text: string): string {
  const name = text.replace(/\.azurecr\.io$/i, '');
  if (/^[a-zA-Z0-9-]{5,50}$/.test(name)) return name;
  throw new AzError(
    `Registry names may contain only alpha numeric characters and must be between 5 and 50 characters: '${text}'`,
    { exitCode: 2 },
  );
}

/** The group a registry is in: as told, else found by asking for all registries of the subscription. */
export async function groupOfRegistry(
  session: Session,
  name: string,
  group: string | undefined,
): Promise<string> {
  if (group !== undefined) return group;
  const resources = await session.armList({
    method: 'GET',
    path: `${session.subscription}/resources`,
    apiVersion: RESOURCES_API_VERSION,
    query: { $filter: `resourceType eq '${REGISTRY_TYPE}'` },
  });
  const found = resources.find(
    (resource) => (textAt(resource, 'name') ?? '').toLowerCase() === name.toLowerCase(),
  );
  const match = /\/resourceGroups\/([^/]+)\//i.exec(textAt(found, 'id') ?? '');
  if (match?.[1] !== undefined) return match[1].toLowerCase();
  const { subscriptionName, subscriptionId } = session.connection;
  throw new AzError(
    `The resource with name '${name}' and type '${REGISTRY_TYPE}' could not be found in subscription '${subscriptionName} (${subscriptionId})'.`,
  );
}

/** @throws AzError when there is no such registry */
export async function findRegistry(
  session: Session,
  name: string,
  group: string | undefined,
): Promise<FoundRegistry> {
  const resourceGroup = await groupOfRegistry(session, name, group);
  const resource = await session.armJson({
    method: 'GET',
    path: registryPath(session, resourceGroup, name),
    apiVersion: REGISTRY_API_VERSION,
  });
  const sku = textAt(resource, 'sku', 'name');
  if (sku === undefined || !MANAGED_SKUS.has(sku)) {
    throw new AzError('This operation is only supported for managed registries.');
  }
  return foundRegistry(name, resourceGroup, resource);
}

/** All registries of the subscription. */
export async function listRegistries(session: Session): Promise<FoundRegistry[]> {
  const resources = await session.armList({
    method: 'GET',
    path: `${session.subscription}/providers/${REGISTRY_TYPE}`,
    apiVersion: REGISTRY_API_VERSION,
  });
  return resources.map((resource) => {
    const group = /\/resourceGroups\/([^/]+)\//i.exec(textAt(resource, 'id') ?? '')?.[1] ?? '';
    return foundRegistry(textAt(resource, 'name') ?? '', group, resource);
  });
}

function foundRegistry(name: string, resourceGroup: string, resource: JsonObject): FoundRegistry {
  const loginServer = textAt(resource, 'properties', 'loginServer');
  if (loginServer === undefined) throw new AzError(`The registry '${name}' has no login server.`);
  const adminUserEnabled = valueAt(resource, 'properties', 'adminUserEnabled') === true;
  return { name, resourceGroup, resource, loginServer, adminUserEnabled };
}

/** Name and first password of the admin user, which must be enabled. */
export async function adminCredentials(
  session: Session,
  { name, resourceGroup }: FoundRegistry,
): Promise<{ username: string; password: string }> {
  const answer = await session.armJson({
    method: 'POST',
    path: `${registryPath(session, resourceGroup, name)}/listCredentials`,
    apiVersion: REGISTRY_API_VERSION,
  });
  const password = textAt(objectsAt(answer, 'passwords')[0], 'value') ?? '';
  return { username: textAt(answer, 'username') ?? '', password };
}

const STATUS: Shape = { status: 'any' };

const REGISTRY_PROPERTIES = {
  loginServer: 'any',
  creationDate: 'time',
  provisioningState: 'any',
  status: { displayStatus: 'any', message: 'any', timestamp: 'time' },
  adminUserEnabled: 'any',
  networkRuleSet: {
    defaultAction: 'any',
    virtualNetworkRules: [{ action: 'any', virtualNetworkSubnetResourceId: 'any' }],
    ipRules: [{ action: 'any', ipAddressOrRange: 'any' }],
  },
  policies: {
    quarantinePolicy: STATUS,
    trustPolicy: { type: 'any', status: 'any' },
    retentionPolicy: { days: 'any', lastUpdatedTime: 'time', status: 'any' },
    exportPolicy: STATUS,
    azureAdAuthenticationAsArmPolicy: STATUS,
    softDeletePolicy: { retentionDays: 'any', lastUpdatedTime: 'time', status: 'any' },
  },
  encryption: { status: 'any', keyVaultProperties: 'any' },
  dataEndpointEnabled: 'any',
  dataEndpointHostNames: 'any',
  regionalEndpoints: 'any',
  regionalEndpointHostNames: 'any',
  endpointProtocol: 'any',
  privateEndpointConnections: 'any',
  publicNetworkAccess: 'any',
  networkRuleBypassOptions: 'any',
  networkRuleBypassAllowedForTasks: 'any',
  zoneRedundancy: 'any',
  anonymousPullEnabled: 'any',
  metadataSearch: 'any',
  autoGeneratedDomainNameLabelScope: 'any',
  writableCacheRepos: 'any',
  roleAssignmentMode: 'any',
} as const satisfies Shape;

/** The registry as the library prints it: properties lifted to the top. */
export function printedRegistry(resource: JsonObject): JsonObject {
  const properties = isJsonObject(resource['properties']) ? resource['properties'] : {};
  const filled = fillShape(
    {
      ...resource,
      ...properties,
      policies: renamedPolicies(properties['policies']),
      networkRuleSet: renamedRules(properties['networkRuleSet']),
    },
    {
      id: 'any',
      name: 'any',
      type: 'any',
      systemData: SYSTEM_DATA,
      tags: 'any',
      location: 'any',
      ...REGISTRY_PROPERTIES,
      sku: { name: 'any', tier: 'any' },
      identity: 'any',
    },
    { keepUnknown: false },
  );
  return isJsonObject(filled) ? filled : {};
}

/** The library has names of its own for some fields. */
function renamedPolicies(policies: Json | undefined): Json {
  if (!isJsonObject(policies)) return null;
  const { azureADAuthenticationAsArmPolicy = null } = policies;
  return { ...policies, azureAdAuthenticationAsArmPolicy: azureADAuthenticationAsArmPolicy };
}

function renamedRules(rules: Json | undefined): Json {
  if (!isJsonObject(rules)) return null;
  const renamed = (list: string, from: string, to: string): Json =>
    Array.isArray(rules[list])
      ? objectsAt(rules, list).map((rule) => ({ ...rule, [to]: rule[from] ?? null }))
      : null;
  return {
    ...rules,
    virtualNetworkRules: renamed('virtualNetworkRules', 'id', 'virtualNetworkSubnetResourceId'),
    ipRules: renamed('ipRules', 'value', 'ipAddressOrRange'),
  };
}
