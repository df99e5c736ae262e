import { formatScope, type NeededAccess } from './access.js';
import { RegistryError } from './errors.js';
import type { Exchange } from './exchange.js';

/** What a name may be to stand between quotes in a header. What is not is no repository, and no scope helps. */
const QUOTABLE = /^[A-Za-z0-9._/-]{1,255}$/;

/**
 * `Bearer realm="…",service="…"[,scope="…"][,error="…"]`. Azure's command line splits it at spaces and
 * commas: there must be exactly one space, the one after `Bearer`.
 */
export function challenge(
  exchange: Exchange,
  needed: NeededAccess | undefined,
  error?: 'invalid_token' | 'insufficient_scope',
): string {
  const parts = [`realm="${exchange.origin}/oauth2/token"`, `service="${exchange.host}"`];
  if (needed !== undefined && QUOTABLE.test(needed.name))
    parts.push(`scope="${formatScope(needed)}"`);
  if (error !== undefined) parts.push(`error="${error}"`);
  return `Bearer ${parts.join(',')}`;
}

/** The answer to whoever may not, or has not said who it is. */
export function unauthorized(
  exchange: Exchange,
  needed: NeededAccess | undefined,
  error?: 'invalid_token' | 'insufficient_scope',
): RegistryError {
  const detail = needed?.actions.map((action) => ({
    Type: needed.type,
    Name: needed.name,
    Action: action,
  }));
  return new RegistryError('UNAUTHORIZED', {
    headers: { 'WWW-Authenticate': challenge(exchange, needed, error) },
    ...(detail && { detail }),
  });
}
