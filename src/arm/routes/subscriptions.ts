import type { JsonObject } from '../../base/json.js';
import type { Router } from '../../http/router.js';
import { page, parameter, type ArmCall, type ArmHandler } from '../arm-call.js';
import { armErrors } from '../errors.js';
import { regions } from '../regions.js';
import { subscriptionIdOf } from '../resource-id.js';

export interface SubscriptionInfo {
  subscriptionId: string;
  tenantId: string;
  /** e.g. `'Lazurite'` */
  displayName: string;
}

/** `/subscriptions`, `/subscriptions/{id}`, its locations, and `/tenants`. */
export function addSubscriptionRoutes(router: Router<ArmHandler>, info: SubscriptionInfo): void {
  const body = describe(info);
  router
    .add('GET', '/subscriptions', async () => page([body]))
    .add('GET', '/subscriptions/:subscription', async (call) => {
      requireSubscription(call, info);
      return { status: 200, body };
    })
    .add('GET', '/subscriptions/:subscription/locations', async (call) => {
      requireSubscription(call, info);
      return page(regions.map((region) => describeRegion(info.subscriptionId, region)));
    })
    .add('GET', '/tenants', async () =>
      page([
        {
          id: `/tenants/${info.tenantId}`,
          tenantId: info.tenantId,
          displayName: info.displayName,
          tenantCategory: 'Home',
        },
      ]),
    );
}

/** @throws ArmError SubscriptionNotFound */
export function requireSubscription(call: ArmCall, info: SubscriptionInfo): string {
  const given = parameter(call, 'subscription');
  if (given.toLowerCase() === info.subscriptionId.toLowerCase()) return info.subscriptionId;
  throw armErrors.subscriptionNotFound(given);
}

function describe({ subscriptionId, tenantId, displayName }: SubscriptionInfo): JsonObject {
  return {
    id: subscriptionIdOf(subscriptionId).text,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId,
    tenantId,
    displayName,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}

function describeRegion(
  subscriptionId: string,
  region: { name: string; displayName: string },
): JsonObject {
  return {
    id: `${subscriptionIdOf(subscriptionId).text}/locations/${region.name}`,
    name: region.name,
    type: 'Region',
    displayName: region.displayName,
    regionalDisplayName: region.displayName,
    metadata: { regionType: 'Physical', regionCategory: 'Recommended' },
  };
}
