import { randomInt } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import { required, type UserGrant } from './authorization-codes.js';
import { entraErrors } from './entra-error.js';
import { OneTimeCodes } from './one-time-codes.js';

/** Letters and digits that are not taken for one another. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const CODE_LENGTH = 9;
const LIFETIME_SECONDS = 900;
const INTERVAL_SECONDS = 1;

interface Waiting extends UserGrant {
  approved: boolean;
}

/**
 * Sign-in on another screen: a client shows a code, a person enters it on a page.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8628
 */
export class DeviceCodes {
  readonly #byDevice: OneTimeCodes<Waiting>;
  readonly #byUser: OneTimeCodes<Waiting>;

  constructor(clock: Clock) {
    this.#byDevice = new OneTimeCodes(clock, LIFETIME_SECONDS);
    this.#byUser = new OneTimeCodes(clock, LIFETIME_SECONDS, makeUserCode);
  }

  /** @param page where the code is entered, e.g. `'https://localhost:7443/adfs/oauth2/deviceauth'` */
  begin(form: URLSearchParams, page: string): Record<string, unknown> {
    const waiting: Waiting = {
      clientId: required(form, 'client_id'),
      scope: form.get('scope') ?? '',
      approved: false,
    };
    const userCode = this.#byUser.issue(waiting);
    return {
      device_code: this.#byDevice.issue(waiting),
      user_code: userCode,
      verification_uri: page,
      expires_in: LIFETIME_SECONDS,
      interval: INTERVAL_SECONDS,
      message: `To sign in, use a web browser to open the page ${page} and enter the code ${userCode} to authenticate.`,
    };
  }

  /** @returns false when nobody waits with that code */
  approve(userCode: string): boolean {
    const waiting = this.#byUser.take(userCode.trim().toUpperCase());
    if (waiting === undefined) return false;
    waiting.approved = true;
    return true;
  }

  /** @throws EntraError authorization_pending, expired_token, invalid_grant */
  redeem(form: URLSearchParams): UserGrant {
    const code = required(form, 'device_code');
    const waiting = this.#byDevice.peek(code);
    if (waiting === undefined) throw entraErrors.deviceCodeExpired();
    if (waiting.clientId !== required(form, 'client_id')) throw entraErrors.badGrant();
    if (!waiting.approved) throw entraErrors.authorizationPending();
    this.#byDevice.take(code);
    return { clientId: waiting.clientId, scope: waiting.scope };
  }
}

function makeUserCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
