import type { PlannedResource } from '../../template/deployment-plan.js';
import type { RequestContext } from '../provider.js';
import type { ProviderRegistry } from '../provider-registry.js';
import { parseResourceId, type ResourceId } from '../resource-id.js';
import type { ResourceOperations } from '../resource-operations.js';

/** Deletes what is in the group but not in the template; what builds on others goes first. */
export async function deleteOthers(
  group: ResourceId,
  kept: readonly PlannedResource[],
  access: { registry: ProviderRegistry; resources: ResourceOperations },
  context: RequestContext,
): Promise<void> {
  const keep = new Set(kept.map(({ id }) => id.toLowerCase()));
  const providers = access.registry.topLevel().filter(({ tracking }) => tracking !== 'none');
  for (const provider of providers.toReversed()) {
    const ids = (await provider.list(group, context))
      .filter(({ id }) => !keep.has(id.toLowerCase()))
      .flatMap(({ id }) => parseResourceId(id) ?? []);
    await Promise.all(
      ids.map(async (id) => {
        const deletion = await access.resources.delete(id, context);
        if (deletion !== false) await deletion.done;
      }),
    );
  }
}
