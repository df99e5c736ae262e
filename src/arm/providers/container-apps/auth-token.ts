import type { Clock } from '../../../base/clock.js';
import { LOG_TOKEN_AUDIENCE } from '../../../apps/logs/stream-token.js';
import type { TokenAuthority } from '../../../identity/token-authority.js';
import type { ActionResult, Resource } from '../../provider.js';

const TOKEN_SECONDS = 3600;

/** What `getAuthToken` answers: a token that opens the log streams of this one resource. */
export function authToken(
  resource: Resource,
  key: string,
  { tokens, clock }: { tokens: TokenAuthority; clock: Clock },
): ActionResult {
  const token = tokens.issue({ iss: 'lazurite', sub: key, aud: LOG_TOKEN_AUDIENCE }, TOKEN_SECONDS);
  const expires = new Date(clock.now().getTime() + TOKEN_SECONDS * 1000).toISOString();
  const { id, name, type } = resource;
  return {
    status: 200,
    body: {
      id,
      name,
      type,
      location: resource['location'] ?? null,
      properties: { token, expires },
    },
  };
}
