import type { JsonObject } from '../../base/json.js';
import type { DeploymentPlan, PlannedResource } from '../../template/deployment-plan.js';
import type { ProviderRegistry } from '../provider-registry.js';

/** `properties.dependencies`: who waits for whom. */
export function describeDependencies(plan: DeploymentPlan): JsonObject[] {
  const byKey = new Map(plan.resources.map((planned) => [planned.key, planned]));
  return plan.resources
    .filter(({ dependsOn, condition }) => condition && dependsOn.length > 0)
    .map((planned) => ({
      dependsOn: planned.dependsOn.flatMap((key) => {
        const before = byKey.get(key);
        return before === undefined ? [] : [describe(before)];
      }),
      ...describe(planned),
    }));
}

/** `properties.providers`: the types by namespace. */
export function describeProviders(plan: DeploymentPlan, registry: ProviderRegistry): JsonObject[] {
  const types = new Map<string, Set<string>>();
  for (const { type } of plan.resources) {
    const [namespace = '', ...rest] = type.split('/');
    const name = registry.namespace(namespace) ?? namespace;
    types.set(name, (types.get(name) ?? new Set()).add(rest.join('/')));
  }
  return [...types].map(([namespace, names]) => ({
    namespace,
    resourceTypes: [...names].map((resourceType) => ({ resourceType, locations: [null] })),
  }));
}

function describe({ id, type, name }: PlannedResource): JsonObject {
  return { id, resourceType: type, resourceName: name };
}
