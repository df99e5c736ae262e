import type { Json, JsonObject } from '../../base/json.js';
import type { DeploymentScope } from '../deployment-plan.js';
import type { FunctionCall } from '../evaluation-context.js';
import { resourceGroupId, scopeId, typeAndNames } from '../resource-ids.js';
import {
  arrayAt,
  fixed,
  functionError,
  ranged,
  stringAt,
  textOf,
  type FunctionDefinition,
} from './definition.js';

/** `environment()` of Azure's public cloud; a deployment may bring its own. */
const PUBLIC_CLOUD: JsonObject = {
  name: 'AzureCloud',
  gallery: 'https://gallery.azure.com/',
  graph: 'https://graph.windows.net/',
  portal: 'https://portal.azure.com',
  graphAudience: 'https://graph.windows.net/',
  activeDirectoryDataLake: 'https://datalake.azure.net/',
  batch: 'https://batch.core.windows.net/',
  media: 'https://rest.media.azure.net',
  sqlManagement: 'https://management.core.windows.net:8443/',
  vmImageAliasDoc:
    'https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json',
  resourceManager: 'https://management.azure.com/',
  authentication: {
    loginEndpoint: 'https://login.microsoftonline.com/',
    audiences: ['https://management.core.windows.net/', 'https://management.azure.com/'],
    tenant: 'common',
    identityProvider: 'AAD',
  },
  suffixes: {
    acrLoginServer: '.azurecr.io',
    azureDatalakeAnalyticsCatalogAndJob: 'azuredatalakeanalytics.net',
    azureDatalakeStoreFileSystem: 'azuredatalakestore.net',
    keyvaultDns: '.vault.azure.net',
    sqlServerHostname: '.database.windows.net',
    storage: 'core.windows.net',
  },
};

/** Where the deployment runs, and ids made from names. */
export const SCOPE_FUNCTIONS: Record<string, FunctionDefinition> = {
  subscription: fixed(0, (_args, { context: { scope } }) => ({
    id: `/subscriptions/${scope.subscriptionId}`,
    subscriptionId: scope.subscriptionId,
    tenantId: scope.tenantId,
    displayName: scope.subscriptionName ?? scope.subscriptionId,
  })),
  resourcegroup: fixed(0, (_args, call) => {
    const { scope } = call.context;
    const group = scope.resourceGroup;
    if (!group)
      throw functionError(call.name, 'a deployment to a subscription has no resource group.');
    return {
      id: resourceGroupId(scope.subscriptionId, group.name),
      name: group.name,
      type: 'Microsoft.Resources/resourceGroups',
      location: group.location,
      tags: group.tags ?? {},
      managedBy: group.managedBy ?? null,
      properties: { provisioningState: 'Succeeded' },
    };
  }),
  managementgroup: fixed(0, (_args, call) => {
    throw functionError(call.name, 'the deployment is to no management group.');
  }),
  tenant: fixed(0, (_args, { context: { scope } }) => ({
    tenantId: scope.tenantId,
    countryCode: '',
    displayName: '',
  })),
  environment: fixed(0, (_args, { context: { scope } }) => scope.environment ?? PUBLIC_CLOUD),
  deployer: fixed(
    0,
    (_args, { context: { scope } }) => scope.deployer ?? { objectId: '', tenantId: scope.tenantId },
  ),
  deployment: fixed(0, (_args, { context }) => deployment(context.scope, context.template)),
  resourceid: ranged(2, Infinity, (args, call) => {
    const { scope } = call.context;
    const { before, type, names } = split(args, call);
    const group = before.at(-1) ?? scope.resourceGroup?.name;
    const subscriptionId = before.length > 1 ? (before[0] ?? '') : scope.subscriptionId;
    const base =
      group === undefined || isSubscriptionId(before)
        ? `/subscriptions/${before[0] ?? subscriptionId}`
        : resourceGroupId(subscriptionId, group);
    return `${base}/providers/${typeAndNames(type, names)}`;
  }),
  subscriptionresourceid: ranged(2, Infinity, (args, call) => {
    const { before, type, names } = split(args, call);
    return `/subscriptions/${before[0] ?? call.context.scope.subscriptionId}/providers/${typeAndNames(type, names)}`;
  }),
  tenantresourceid: ranged(2, Infinity, (args, call) => {
    const { type, names } = split(args, call);
    return `/providers/${typeAndNames(type, names)}`;
  }),
  managementgroupresourceid: ranged(2, Infinity, (args, call) => {
    const { before, type, names } = split(args, call);
    return `/providers/Microsoft.Management/managementGroups/${before[0] ?? ''}/providers/${typeAndNames(type, names)}`;
  }),
  extensionresourceid: ranged(3, Infinity, (args, call) => {
    const { before, type, names } = split(args, call);
    return `${before[0] ?? ''}/providers/${typeAndNames(type, names)}`;
  }),
  pickzones: ranged(3, 5, () => []),
  tophysicalzone: fixed(3, (args, call) => physicalZone(stringAt(args, 2, call), args, call)),
  tophysicalzones: fixed(3, (args, call) =>
    arrayAt(args, 2, call).map((zone) => physicalZone(textOf(zone), args, call)),
  ),
  tologicalzone: fixed(3, (args, call) => logicalZone(stringAt(args, 2, call), args, call)),
  tologicalzones: fixed(3, (args, call) =>
    arrayAt(args, 2, call).map((zone) => logicalZone(textOf(zone), args, call)),
  ),
};

/**
 * `1` is `eastus-az1`. In Azure each subscription numbers the zones of a region in an order of its own; here it is
 * theirs.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#tophysicalzone
 */
function physicalZone(zone: string, args: readonly Json[], call: FunctionCall): string {
  if (!/^[1-3]$/.test(zone))
    throw functionError(call.name, `'${zone}' is no logical zone: they are '1', '2' and '3'.`);
  return `${region(args, call)}-az${zone}`;
}

function logicalZone(zone: string, args: readonly Json[], call: FunctionCall): string {
  const prefix = `${region(args, call)}-az`;
  const number = zone.toLowerCase().startsWith(prefix) ? zone.slice(prefix.length) : '';
  if (/^[1-3]$/.test(number)) return number;
  const known = `'${prefix}1', '${prefix}2' and '${prefix}3'`;
  throw functionError(call.name, `'${zone}' is no physical zone: they are ${known}.`);
}

function region(args: readonly Json[], call: FunctionCall): string {
  return stringAt(args, 1, call).toLowerCase().replaceAll(' ', '');
}

function deployment(scope: DeploymentScope, template: Json): Json {
  const { name, location } = scope.deployment;
  const id = `${scopeId(scope)}/providers/Microsoft.Resources/deployments/${name}`;
  return {
    id,
    name,
    type: 'Microsoft.Resources/deployments',
    ...(location === undefined ? {} : { location }),
    properties: { mode: 'Incremental', template, provisioningState: 'Accepted' },
  };
}

interface IdParts {
  before: string[];
  type: string;
  names: string[];
}

/** The type is the first argument with a slash that is no id; names follow, one for each segment. */
function split(args: readonly Json[], call: FunctionCall): IdParts {
  const texts = args.map((_, index) => stringAt(args, index, call));
  const at = texts.findIndex((text) => text.includes('/') && !text.startsWith('/'));
  const type = texts[at];
  if (type === undefined || at > 2)
    throw functionError(
      call.name,
      'the resource type must be given in the format: <resource-provider-namespace>/<resource-type-name>.',
    );
  const names = texts.slice(at + 1);
  const segments = type.split('/').length - 1;
  if (names.length !== segments)
    throw functionError(
      call.name,
      `the type '${type}' requires '${segments}' resource name argument(s), but '${names.length}' were provided.`,
    );
  return { before: texts.slice(0, at), type, names };
}

/** One leading argument that is a GUID names a subscription, anything else a resource group. */
function isSubscriptionId(before: readonly string[]): boolean {
  return (
    before.length === 1 && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(before[0] ?? '')
  );
}
