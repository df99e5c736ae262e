import { sendJson } from '../http/body.js';
import type { HttpPlane } from '../http/plane.js';
import { armErrors } from './errors.js';

const QUERY = /^\/v1\/workspaces\/[^/]+\/query\/?$/i;

/**
 * Where `az monitor log-analytics query` sends its queries. Lazurite has workspaces but nothing that runs KQL, and
 * says so instead of being no such path.
 */
export function createLogQueryPlane(): HttpPlane {
  return {
    name: 'log-queries',
    handle(request, response, url) {
      if (!QUERY.test(url.pathname)) return Promise.resolve(false);
      const operation = `${request.method ?? 'GET'} /v1/workspaces/{workspaceId}/query`;
      const refusal = armErrors.notImplemented(operation);
      sendJson(response, refusal.status, { error: refusal.toBody() });
      return Promise.resolve(true);
    },
  };
}
