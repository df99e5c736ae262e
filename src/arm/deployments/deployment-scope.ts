import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.js';
import type { DeploymentScope } from '../../template/deployment-plan.js';
import type { RequestContext } from '../provider.js';
import type { ResourceGroup } from '../resource-groups.js';
import { nameOf, type ResourceId } from '../resource-id.js';
import type { SubscriptionInfo } from '../routes/subscriptions.js';

/** What a template's functions are told about where it is deployed. */
export function makeScope(options: {
  deployment: ResourceId;
  group: ResourceGroup | undefined;
  location: string | undefined;
  subscription: SubscriptionInfo;
  context: RequestContext;
  clock: Clock;
}): DeploymentScope {
  const { deployment, group, location, subscription, context, clock } = options;
  const name = nameOf(deployment);
  return {
    kind: group === undefined ? 'subscription' : 'resourceGroup',
    tenantId: subscription.tenantId,
    subscriptionId: subscription.subscriptionId,
    subscriptionName: subscription.displayName,
    ...(group === undefined ? {} : { resourceGroup: describeGroup(group) }),
    deployment: location === undefined ? { name } : { name, location },
    now: clock.now(),
    newGuid: randomUUID,
    deployer: {
      objectId: context.principalId ?? '',
      tenantId: subscription.tenantId,
      userPrincipalName: '',
    },
  };
}

function describeGroup(group: ResourceGroup): {
  name: string;
  location: string;
  tags: Record<string, string>;
} {
  const tags = Object.entries(group.tags).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return { name: group.name, location: group.location, tags: Object.fromEntries(tags) };
}
