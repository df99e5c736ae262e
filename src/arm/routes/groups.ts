import type { Router } from '../../http/router.js';
import { parameter, type ArmHandler } from '../arm-call.js';
import type { AsyncOperations } from '../async-operations.js';
import { armErrors } from '../errors.js';
import { emptyAndRemoveGroup } from '../group-deletion.js';
import { pageOf } from '../paging.js';
import { pollingUrls } from '../polling.js';
import type { ProviderRegistry } from '../provider-registry.js';
import type { Locks } from '../providers/authorization/locks.js';
import { groupIdOf } from '../resource-id.js';
import type { ResourceGroups } from '../resource-groups.js';
import type { ResourceOperations } from '../resource-operations.js';
import { matchesFilter, parseFilter } from '../resource-filter.js';
import { requireSubscription, type SubscriptionInfo } from './subscriptions.js';

export interface GroupRouteOptions {
  info: SubscriptionInfo;
  groups: ResourceGroups;
  registry: ProviderRegistry;
  operations: AsyncOperations;
  locks: Locks;
  resources: ResourceOperations;
}

const ONE = '/subscriptions/:subscription/resourceGroups/:group';

/** What Azure does with the resources of a group, and Lazurite does not. */
const ABSENT = ['moveResources', 'validateMoveResources', 'exportTemplate'];

/** Resource groups. A deletion is answered at once and goes on in the background. */
export function addGroupRoutes(router: Router<ArmHandler>, options: GroupRouteOptions): void {
  const { info, groups } = options;
  router
    .add('GET', '/subscriptions/:subscription/resourceGroups', async (call) => {
      const subscription = requireSubscription(call, info);
      const filter = parseFilter(call.url.searchParams.get('$filter'));
      const all = await groups.list(subscription);
      const found = all.filter((group) => matchesFilter(group, filter));
      return pageOf(found, call);
    })
    .add('GET', ONE, async (call) => {
      const subscription = requireSubscription(call, info);
      return { status: 200, body: await groups.require(subscription, parameter(call, 'group')) };
    })
    .add('HEAD', ONE, async (call) => {
      const subscription = requireSubscription(call, info);
      const group = await groups.get(subscription, parameter(call, 'group'));
      return { status: group === undefined ? 404 : 204 };
    })
    .add('PUT', ONE, async (call) => {
      const subscription = requireSubscription(call, info);
      const name = parameter(call, 'group');
      const { created, group } = await groups.put(subscription, name, await call.body());
      return { status: created ? 201 : 200, body: group };
    })
    .add('PATCH', ONE, async (call) => {
      const subscription = requireSubscription(call, info);
      const group = await groups.patch(subscription, parameter(call, 'group'), await call.body());
      return { status: 200, body: group };
    })
    .add('DELETE', ONE, deleteGroup(options));
  for (const operation of ABSENT)
    router.add('POST', `${ONE}/${operation}`, () => {
      throw armErrors.notImplemented(`POST resourceGroups/${operation}`);
    });
}

function deleteGroup(options: GroupRouteOptions): ArmHandler {
  const { info, groups, operations, locks } = options;
  return async (call) => {
    const subscription = requireSubscription(call, info);
    const group = await groups.require(subscription, parameter(call, 'group'));
    if (group.properties.provisioningState === 'Deleting') {
      throw armErrors.groupBeingDeleted(group.name);
    }
    await locks.check('delete', groupIdOf(subscription, group.name), { inside: true });
    await groups.save({ ...group, properties: { provisioningState: 'Deleting' } });
    const pending = emptyAndRemoveGroup(group, subscription, options, call.context);
    const id = await operations.start(
      pending.then(() => undefined),
      { resourceId: group.id },
    );
    const urls = pollingUrls(
      call.context,
      subscription,
      'Microsoft.Resources',
      'operationStatuses',
    );
    return { status: 202, headers: { location: urls.result(id), 'retry-after': '1' } };
  };
}
