import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { parseTags } from '../common-arguments.js';
import { valueAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, ArgumentSpec } from '../spec.js';
import { PREMIUM_ONLY } from './network-rules.js';
import {
  findRegistry,
  printedRegistry,
  REGISTRY_API_VERSION,
  registryName,
  registryPath,
} from './registries.js';

/** What `az acr create` and `az acr update` say alike about who reaches a registry. */
export const NETWORK_ARGUMENTS: readonly ArgumentSpec[] = [
  {
    name: 'defaultAction',
    options: ['--default-action'],
    choices: ['Allow', 'Deny'],
    group: 'Network Rule',
    help: 'Default action to apply when no rule matches. Only applicable to Premium SKU.',
  },
  {
    name: 'publicNetworkEnabled',
    options: ['--public-network-enabled'],
    kind: 'three-state',
    group: 'Network Rule',
    help: 'Allow public network access for the container registry.',
  },
  {
    name: 'allowTrustedServices',
    options: ['--allow-trusted-services'],
    kind: 'three-state',
    group: 'Network Rule',
    help: 'Allow trusted Azure Services to access network restricted registries.',
  },
  {
    name: 'dataEndpointEnabled',
    options: ['--data-endpoint-enabled'],
    kind: 'three-state',
    group: 'Network Rule',
    help: 'Enable dedicated data endpoint for client firewall configuration.',
  },
];

export const UPDATE_ARGUMENTS: readonly ArgumentSpec[] = [
  {
    name: 'sku',
    options: ['--sku'],
    choices: ['Basic', 'Premium', 'Standard'],
    help: 'The SKU of the container registry.',
  },
  {
    name: 'anonymousPullEnabled',
    options: ['--anonymous-pull-enabled'],
    kind: 'three-state',
    help: 'Enable registry-wide pull from unauthenticated clients.',
  },
  ...NETWORK_ARGUMENTS,
];

/** The `properties` that the network arguments ask for. */
export function networkProperties(session: Session, args: ArgumentReader): JsonObject {
  const properties: JsonObject = {};
  const isPublic = args.state('publicNetworkEnabled');
  if (isPublic !== undefined) properties['publicNetworkAccess'] = isPublic ? 'Enabled' : 'Disabled';
  if (isPublic === false) {
    properties['networkRuleSet'] = { defaultAction: 'Deny' };
    session.warn('Disabling the public endpoint overrides all firewall configurations.');
  }
  const action = args.optional('defaultAction');
  if (action !== undefined) properties['networkRuleSet'] = { defaultAction: action };
  const trusted = args.state('allowTrustedServices');
  if (trusted !== undefined) {
    properties['networkRuleBypassOptions'] = trusted ? 'AzureServices' : 'None';
  }
  const data = args.state('dataEndpointEnabled');
  if (data !== undefined) properties['dataEndpointEnabled'] = data;
  return properties;
}

/** `az acr update` */
export async function updateRegistry(session: Session, args: ArgumentReader): Promise<Json> {
  const properties = networkProperties(session, args);
  for (const [argument, property] of [
    ['adminEnabled', 'adminUserEnabled'],
    ['anonymousPullEnabled', 'anonymousPullEnabled'],
  ] as const) {
    const state = args.state(argument);
    if (state !== undefined) properties[property] = state;
  }
  const sku = args.optional('sku');
  const tags = args.list('tags');
  const name = registryName(args.text('registry'));
  const registry = await findRegistry(session, name, args.optional('resourceGroup'));
  if ('networkRuleSet' in properties && valueAt(registry.resource, 'sku', 'name') !== 'Premium') {
    throw new AzError(PREMIUM_ONLY);
  }
  const updated = await session.armOperation(
    {
      method: 'PATCH',
      path: registryPath(session, registry.resourceGroup, name),
      apiVersion: REGISTRY_API_VERSION,
      body: {
        properties,
        ...(sku === undefined ? {} : { sku: { name: sku } }),
        ...(tags === undefined ? {} : { tags: parseTags(tags) }),
      },
    },
    { wait: true },
  );
  return printedRegistry(updated ?? {});
}
