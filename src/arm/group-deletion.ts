import { ArmError } from './errors.js';
import type { ProviderRegistry } from './provider-registry.js';
import type { RequestContext, Resource, ResourceProvider } from './provider.js';
import type { ResourceGroup, ResourceGroups } from './resource-groups.js';
import { groupIdOf, isInside, parseResourceId } from './resource-id.js';
import type { ResourceOperations } from './resource-operations.js';

/** A resource in use can go once what uses it is gone; more rounds than types build on each other. */
const MAX_ROUNDS = 5;

/**
 * Deletes what is in a group, what builds on others first, and then the group. When something can't be
 * deleted the group stays, with what is left in it.
 *
 * @param group already marked as being deleted, so that no new write begins in it
 * @throws ArmError ResourceGroupDeletionBlocked (409)
 */
export async function emptyAndRemoveGroup(
  group: ResourceGroup,
  subscriptionId: string,
  environment: {
    groups: ResourceGroups;
    registry: ProviderRegistry;
    resources: ResourceOperations;
  },
  context: RequestContext,
): Promise<void> {
  const { groups, registry, resources: operations } = environment;
  const scope = groupIdOf(subscriptionId, group.name);
  await operations.writesIn(scope); // they began before the group was marked, and may still store something
  const providers = registry.topLevel().toReversed();
  let failures: string[] = [];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    failures = [];
    let deleted = 0;
    for (const provider of providers) {
      // types that attach to others also list what reaches the group from above
      const listed = await provider.list(scope, context);
      const resources = listed.filter((resource) => isInside(resource, scope));
      const left = await deleteAll(provider, resources, context);
      failures.push(...left);
      deleted += resources.length - left.length;
    }
    if (failures.length === 0 || deleted === 0) break;
  }
  if (failures.length === 0) {
    await groups.remove(group);
    return;
  }
  await groups.save({ ...group, properties: { provisioningState: 'Succeeded' } });
  throw deletionBlocked(group.name, failures);
}

/** @returns the ids of what could not be deleted, with the reason. */
async function deleteAll(
  provider: ResourceProvider,
  resources: readonly Resource[],
  context: RequestContext,
): Promise<string[]> {
  const results = await Promise.all(
    resources.map(async ({ id }) => {
      const parsed = parseResourceId(id);
      if (parsed === undefined || provider.delete === undefined) return undefined;
      try {
        await provider.delete(parsed, context);
        return undefined;
      } catch (error) {
        return `${id}: ${error instanceof ArmError ? error.message : 'internal error'}`;
      }
    }),
  );
  return results.filter((result) => result !== undefined);
}

function deletionBlocked(group: string, failures: readonly string[]): ArmError {
  return new ArmError({
    status: 409,
    code: 'ResourceGroupDeletionBlocked',
    message:
      `Deletion of resource group '${group}' did not finish because these resources ` +
      `could not be deleted: '${failures.join("', '")}'.`,
  });
}
