import type { IncomingMessage } from 'node:http';
import type { PathParameters } from '../../http/router.js';
import type { TokenAuthority } from '../../identity/token-authority.js';

/** Whom the tokens of `getAuthToken` are for; the subject is the key of the app, job or environment. */
export const LOG_TOKEN_AUDIENCE = 'lazurite:container-app-logs';

/** @returns the key of the app, job or environment in the path; undefined when the token is not for it */
export function streamKey(
  request: IncomingMessage,
  parameters: PathParameters,
  tokens: TokenAuthority,
): string | undefined {
  const key = resourceKey(parameters);
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const claims = token === undefined ? undefined : tokens.verify(token, LOG_TOKEN_AUDIENCE);
  return claims?.sub === key ? key : undefined;
}

function resourceKey(parameters: PathParameters): string {
  const { subscription = '', group = '', app, job, environment = '' } = parameters;
  const owner = app === undefined ? `managedEnvironments/${environment}` : `containerApps/${app}`;
  const resource = job === undefined ? owner : `jobs/${job}`;
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.App/${resource}`.toLowerCase();
}
