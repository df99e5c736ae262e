import type { RequestContext } from './provider.js';

/** Clients wait 30 s between polls when they are told nothing, and treat 0 as nothing. */
export const RETRY_AFTER_SECONDS = '1';

/** Where an operation is polled. */
export interface PollingUrls {
  /** For `Azure-AsyncOperation`: always 200 with a `status`. */
  status(operationId: string): string;
  /** For `Location`: 202 until it is over. */
  result(operationId: string): string;
}

/** @param operationsName e.g. `'operationStatuses'`, `'managedEnvironmentOperationStatuses'` */
export function pollingUrls(
  context: RequestContext,
  subscriptionId: string,
  namespace: string,
  operationsName: string,
): PollingUrls {
  const base = `${context.baseUrl}/subscriptions/${subscriptionId}/providers/${namespace}/locations/local`;
  const url = (kind: string, id: string): string =>
    `${base}/${kind}/${id}?api-version=${encodeURIComponent(context.apiVersion)}`;
  return {
    status: (id) => url(operationsName, id),
    result: (id) => url(operationsName.replace(/Statuses$/, 'Results'), id),
  };
}
