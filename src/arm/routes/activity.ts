import type { Router } from '../../http/router.js';
import { parseActivityFilter } from '../activity-log/activity-filter.js';
import type { ActivityLog } from '../activity-log/activity-log.js';
import { page, type ArmHandler } from '../arm-call.js';
import { requireSubscription, type SubscriptionInfo } from './subscriptions.js';

/** `…/providers/Microsoft.Insights/eventtypes/management/values`: the activity log. */
export function addActivityRoutes(
  router: Router<ArmHandler>,
  info: SubscriptionInfo,
  log: ActivityLog,
): void {
  const path =
    '/subscriptions/:subscription/providers/Microsoft.Insights/eventtypes/management/values';
  router.add('GET', path, async (call) => {
    requireSubscription(call, info);
    return page(await log.list(parseActivityFilter(call.url.searchParams.get('$filter'))));
  });
}
