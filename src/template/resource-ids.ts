import type { DeploymentScope } from './deployment-plan.js';

/** `/subscriptions/S/resourceGroups/G` */
export function resourceGroupId(subscriptionId: string, name: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
}

/** The id of what a deployment is deployed to. */
export function scopeId(scope: Pick<DeploymentScope, 'subscriptionId' | 'resourceGroup'>): string {
  return scope.resourceGroup
    ? resourceGroupId(scope.subscriptionId, scope.resourceGroup.name)
    : `/subscriptions/${scope.subscriptionId}`;
}

/** `('Microsoft.App/containerApps/revisions', ['ca', 'r1'])` is `'Microsoft.App/containerApps/ca/revisions/r1'`. */
export function typeAndNames(type: string, names: readonly string[]): string {
  const [namespace = '', ...types] = type.split('/');
  return [namespace, ...types.flatMap((segment, index) => [segment, names[index] ?? ''])].join('/');
}
