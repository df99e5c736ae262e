import type { JsonObject } from '../../base/json.js';
import type { Router } from '../../http/router.js';
import { page, parameter, type ArmHandler } from '../arm-call.js';
import { armErrors } from '../errors.js';
import type { ProviderRegistry } from '../provider-registry.js';
import type { ResourceProvider } from '../provider.js';
import { regions } from '../regions.js';
import { subscriptionIdOf } from '../resource-id.js';
import { requireSubscription, type SubscriptionInfo } from './subscriptions.js';

const DEFAULT_API_VERSIONS = ['2025-01-01'];

/** `/subscriptions/{id}/providers…`: what there is, always registered. */
export function addProviderCatalogueRoutes(
  router: Router<ArmHandler>,
  info: SubscriptionInfo,
  registry: ProviderRegistry,
): void {
  const describe = (name: string): JsonObject => {
    const namespace = registry.namespace(name);
    if (namespace === undefined) throw armErrors.invalidNamespace(name);
    return describeNamespace(namespace, registry.inNamespace(namespace), info.subscriptionId);
  };
  const one: ArmHandler = async (call) => {
    requireSubscription(call, info);
    return { status: 200, body: describe(parameter(call, 'namespace')) };
  };
  const all: ArmHandler = async () => page(registry.namespaces().map(describe));
  router
    .add('GET', '/providers', all)
    .add('GET', '/subscriptions/:subscription/providers', async (call) => {
      requireSubscription(call, info);
      return all(call);
    })
    .add('GET', '/subscriptions/:subscription/providers/:namespace', one)
    .add('POST', '/subscriptions/:subscription/providers/:namespace/register', one);
}

function describeNamespace(
  namespace: string,
  providers: readonly ResourceProvider[],
  subscriptionId: string,
): JsonObject {
  return {
    id: `${subscriptionIdOf(subscriptionId).text}/providers/${namespace}`,
    namespace,
    registrationPolicy: 'RegistrationRequired',
    registrationState: 'Registered',
    resourceTypes: providers.map(describeType),
  };
}

function describeType(provider: ResourceProvider): JsonObject {
  const apiVersions = provider.apiVersions ?? DEFAULT_API_VERSIONS;
  const tracked = provider.tracking !== 'none';
  return {
    resourceType: provider.type.split('/').slice(1).join('/'),
    locations: tracked
      ? [...(provider.locations ?? regions.map(({ displayName }) => displayName))]
      : [],
    apiVersions: [...apiVersions],
    defaultApiVersion: apiVersions[0] ?? null,
    capabilities: tracked ? 'SupportsTags, SupportsLocation' : 'None',
  };
}
