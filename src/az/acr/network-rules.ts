import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { objectAt, objectsAt, valueAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { findRegistry, REGISTRY_API_VERSION, registryName, registryPath } from './registries.js';
import type { FoundRegistry } from './registries.js';

export const PREMIUM_ONLY =
  'Network rules are only supported for managed registries in Premium SKU.';

/** `az acr network-rule list` */
export async function listNetworkRules(session: Session, args: ArgumentReader): Promise<Json> {
  const { networkRuleSet } = printed((await premiumRegistry(session, args)).resource);
  const { virtualNetworkRules, ipRules } = networkRuleSet;
  return { virtualNetworkRules: virtualNetworkRules ?? [], ipRules: ipRules ?? [] };
}

/** `az acr network-rule add`, `remove`: reads the rules, edits the addresses, sends all of them. */
export async function changeNetworkRules(
  session: Session,
  args: ArgumentReader,
  edit: (rules: JsonObject[], address: string) => JsonObject[],
): Promise<Json> {
  const registry = await premiumRegistry(session, args);
  const known = objectAt(registry.resource, 'properties', 'networkRuleSet');
  const rules: JsonObject = 'defaultAction' in known ? known : { defaultAction: 'Allow' };
  const address = args.optional('ipAddress');
  if (address !== undefined) rules['ipRules'] = edit(objectsAt(rules, 'ipRules'), address);
  const updated = await session.armOperation(
    {
      method: 'PATCH',
      path: registryPath(session, registry.resourceGroup, registry.name),
      apiVersion: REGISTRY_API_VERSION,
      body: { properties: { networkRuleSet: rules } },
    },
    { wait: true },
  );
  return printed(updated ?? {});
}

async function premiumRegistry(session: Session, args: ArgumentReader): Promise<FoundRegistry> {
  const name = registryName(args.text('registry'));
  const registry = await findRegistry(session, name, args.optional('resourceGroup'));
  if (valueAt(registry.resource, 'sku', 'name') !== 'Premium') throw new AzError(PREMIUM_ONLY);
  return registry;
}

function printed(registry: JsonObject): JsonObject & { networkRuleSet: JsonObject } {
  const rules = objectAt(registry, 'properties', 'networkRuleSet');
  return {
    name: registry['name'] ?? null,
    provisioningState: valueAt(registry, 'properties', 'provisioningState') ?? null,
    networkRuleSet: {
      defaultAction: rules['defaultAction'] ?? null,
      virtualNetworkRules: objectsAt(rules, 'virtualNetworkRules').map((rule) => ({
        virtualNetworkResourceId: rule['id'] ?? null,
        virtualNetworkSubnetResourceId: rule['id'] ?? null,
        action: rule['action'] ?? 'Allow',
      })),
      ipRules: objectsAt(rules, 'ipRules').map((rule) => ({
        ipAddressOrRange: rule['value'] ?? null,
        action: rule['action'] ?? 'Allow',
      })),
    },
  };
}
