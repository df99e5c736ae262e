/**
 * Placeholder of the id type; `parseResourceId` lives here too.
 */
export interface ResourceId {
  /** e.g. `'/subscriptions/…/resourceGroups/rg/providers/Microsoft.App/containerApps/ca'`, letter case as given. */
  text: string;
  /** The same in lower case: ids compare without case. */
  key: string;
  subscriptionId: string;
  resourceGroup?: string;
  /** e.g. `'Microsoft.App/containerApps/revisions'` */
  type: string;
  /** One name for each segment of the type after the namespace, e.g. `['ca', 'ca--0000001']`. */
  names: string[];
}
