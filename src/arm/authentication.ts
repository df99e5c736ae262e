import type { IncomingMessage } from 'node:http';
import type { TokenAuthority } from '../identity/token-authority.js';
import { ArmError, armErrors } from './errors.js';

/** Who a verified token is about. */
export interface Caller {
  /** Application id, or a user's name. */
  caller: string;
  principalId: string;
}

/**
 * Checks the bearer token of a request.
 *
 * @param origin the gateway as addressed; tokens for it count as for the resource manager
 * @throws ArmError AuthenticationFailed, InvalidAuthenticationToken (401)
 */
export function authenticate(
  request: IncomingMessage,
  origin: string,
  options: { tokenAuthority: TokenAuthority; audiences: readonly string[] },
): Caller {
  const header = request.headers.authorization;
  if (header === undefined) throw challenge(armErrors.missingToken(), origin);
  const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
  if (token === undefined) throw challenge(armErrors.malformedToken(), origin);
  const audiences = [...options.audiences, origin, `${origin}/`];
  const claims = options.tokenAuthority.verify(token, audiences);
  if (claims === undefined) throw challenge(armErrors.invalidToken(), origin);
  const { upn, appid, oid } = claims;
  const caller = [upn, appid].find((claim) => typeof claim === 'string') ?? claims.sub;
  return { caller, principalId: typeof oid === 'string' ? oid : claims.sub };
}

function challenge(error: ArmError, origin: string): ArmError {
  const description = error.message.replaceAll('"', "'");
  return new ArmError({
    status: error.status,
    code: error.code,
    message: error.message,
    headers: {
      'www-authenticate': `Bearer authorization_uri="${origin}/adfs", error="invalid_token", error_description="${description}"`,
    },
  });
}
