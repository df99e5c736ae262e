import type { JsonObject } from '../../base/json.js';
import type { Router } from '../../http/router.js';
import { parameter, type ArmCall, type ArmHandler, type ArmReply } from '../arm-call.js';
import { pageOf } from '../paging.js';
import type { ProviderRegistry } from '../provider-registry.js';
import type { Resource } from '../provider.js';
import { matchesFilter, parseFilter } from '../resource-filter.js';
import type { ResourceGroups } from '../resource-groups.js';
import { groupIdOf, subscriptionIdOf, type ResourceId } from '../resource-id.js';
import { requireSubscription, type SubscriptionInfo } from './subscriptions.js';

/** What a generic list tells of a resource; its properties are for its own GET. */
const LISTED_FIELDS = [
  'location',
  'tags',
  'sku',
  'kind',
  'identity',
  'managedBy',
  'zones',
] as const;

/** `/resources` of a subscription or a group, with `$filter` and `$top`. */
export function addGenericResourceRoutes(
  router: Router<ArmHandler>,
  options: { info: SubscriptionInfo; registry: ProviderRegistry; groups: ResourceGroups },
): void {
  const { info, registry, groups } = options;
  router
    .add('GET', '/subscriptions/:subscription/resources', async (call) => {
      const subscription = requireSubscription(call, info);
      return listResources(call, registry, subscriptionIdOf(subscription));
    })
    .add('GET', '/subscriptions/:subscription/resourceGroups/:group/resources', async (call) => {
      const subscription = requireSubscription(call, info);
      const group = await groups.require(subscription, parameter(call, 'group'));
      return listResources(call, registry, groupIdOf(subscription, group.name));
    });
}

async function listResources(
  call: ArmCall,
  registry: ProviderRegistry,
  scope: ResourceId,
): Promise<ArmReply> {
  const filter = parseFilter(call.url.searchParams.get('$filter'));
  const type = filter.find(([field]) => field === 'resourcetype')?.[1];
  const providers = registry
    .topLevel()
    .filter((provider) => provider.tracking !== 'none')
    .filter((provider) => type === undefined || sameType(provider.type, type));
  const lists = await Promise.all(providers.map((provider) => provider.list(scope, call.context)));
  const found = lists.flat().filter((resource) => matchesFilter(resource, filter));
  return pageOf(found.map(summarise), call);
}

function summarise(resource: Resource): JsonObject {
  const { id, name, type } = resource;
  const more = LISTED_FIELDS.flatMap((field) => {
    const value = resource[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  return { id, name, type, ...Object.fromEntries(more) };
}

function sameType(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
