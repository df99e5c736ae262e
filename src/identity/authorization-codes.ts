import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import { entraErrors } from './entra-error.js';
import { OneTimeCodes } from './one-time-codes.js';
import { sameSecret } from './tokens.js';

/** What a person signed in for. */
export interface UserGrant {
  /** Application that asked, e.g. the Azure CLI's `'04b07795-8ddb-461a-bbee-02f9e1bf7b46'`. */
  clientId: string;
  /** What the tokens are to be good for, e.g. `'https://management.azure.com/.default offline_access'`. */
  scope: string;
  /** Put into the id token, so that the client knows its own request again. */
  nonce?: string;
}

/** Where the browser goes after signing in, and what it takes along. */
export interface AuthorizationAnswer {
  redirectUri: string;
  mode: 'query' | 'form_post';
  fields: Readonly<Record<string, string>>;
}

interface Outstanding extends UserGrant {
  redirectUri: string;
  /** Of RFC 7636; the client shows what it was made of. */
  challenge: string;
}

const CODE_SECONDS = 600;

/**
 * Authorization codes with proof of possession. There is one person, who owns the home and has nothing to
 * type: whoever can reach this loopback port can read the home. The code goes to loopback addresses only.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7636
 */
export class AuthorizationCodes {
  readonly #codes: OneTimeCodes<Outstanding>;

  constructor(clock: Clock) {
    this.#codes = new OneTimeCodes(clock, CODE_SECONDS);
  }

  /** @throws EntraError for a request without proof, or for a redirect that leaves this machine */
  authorize(query: URLSearchParams): AuthorizationAnswer {
    const clientId = required(query, 'client_id');
    const redirectUri = required(query, 'redirect_uri');
    if (required(query, 'response_type') !== 'code') throw entraErrors.unsupportedResponseType();
    if (!isLoopback(redirectUri)) throw entraErrors.redirectNotAllowed(redirectUri);
    const challenge = required(query, 'code_challenge');
    if (query.get('code_challenge_method') !== 'S256') throw entraErrors.weakChallenge();
    const nonce = query.get('nonce');
    const code = this.#codes.issue({
      clientId,
      redirectUri,
      challenge,
      scope: query.get('scope') ?? '',
      ...(nonce !== null && { nonce }),
    });
    const state = query.get('state');
    return {
      redirectUri,
      mode: query.get('response_mode') === 'form_post' ? 'form_post' : 'query',
      fields: { code, ...(state !== null && { state }) },
    };
  }

  /** @throws EntraError invalid_grant when the code, the client, the redirect or the proof is wrong */
  redeem(form: URLSearchParams): UserGrant {
    const outstanding = this.#codes.take(required(form, 'code'));
    if (
      outstanding?.clientId !== required(form, 'client_id') ||
      outstanding.redirectUri !== form.get('redirect_uri') ||
      !sameSecret(challengeOf(form.get('code_verifier') ?? ''), outstanding.challenge)
    ) {
      throw entraErrors.badGrant();
    }
    const { clientId, scope, nonce } = outstanding;
    return { clientId, scope, ...(nonce !== undefined && { nonce }) };
  }
}

/** @throws EntraError invalid_request */
export function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) throw entraErrors.missingParameter(name);
  return value;
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function isLoopback(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
