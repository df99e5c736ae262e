/**
 * A refusal of the token endpoint: `{ error, error_description, error_codes }`.
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export class EntraError extends Error {
  readonly status: number;
  /** OAuth's own code, e.g. `'invalid_client'`. */
  readonly error: string;
  /** Entra's number, e.g. 7000215. */
  readonly code: number;

  constructor(status: number, error: string, code: number, message: string) {
    super(`AADSTS${code}: ${message}`);
    this.name = 'EntraError';
    this.status = status;
    this.error = error;
    this.code = code;
  }
}

export const entraErrors = {
  missingParameter: (name: string) =>
    new EntraError(
      400,
      'invalid_request',
      900144,
      `The request body must contain the following parameter: '${name}'.`,
    ),
  unsupportedGrant: (grant: string) =>
    new EntraError(
      400,
      'unsupported_grant_type',
      70003,
      `The app requested an unsupported grant type '${grant}'.`,
    ),
  unknownClient: (clientId: string, tenant: string) =>
    new EntraError(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${tenant}'.`,
    ),
  wrongSecret: (clientId: string) =>
    new EntraError(
      401,
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, for a secret added to app '${clientId}'.`,
    ),
  noCredential: () =>
    new EntraError(
      401,
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
  badAssertion: (clientId: string, why: string) =>
    new EntraError(
      401,
      'invalid_client',
      700027,
      `Client assertion failed signature validation: ${why}. The certificate of app '${clientId}' is made with 'lazurite keys certificate'.`,
    ),
  invalidScope: (scope: string) =>
    new EntraError(
      400,
      'invalid_scope',
      70011,
      `The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
    ),
  badGrant: () =>
    new EntraError(
      400,
      'invalid_grant',
      70008,
      'The provided authorization code or refresh token has expired or is not valid. Sign in again.',
    ),
  unsupportedResponseType: () =>
    new EntraError(
      400,
      'unsupported_response_type',
      700054,
      "The authority answers with a code only: 'response_type' must be 'code'.",
    ),
  redirectNotAllowed: (uri: string) =>
    new EntraError(
      400,
      'invalid_request',
      50011,
      `The redirect URI '${uri}' is not an http address of this machine, where codes are sent to only.`,
    ),
  weakChallenge: () =>
    new EntraError(
      400,
      'invalid_request',
      501491,
      "Sign-in needs a proof of possession: 'code_challenge_method' must be 'S256'.",
    ),
  authorizationPending: () =>
    new EntraError(
      400,
      'authorization_pending',
      70016,
      'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
    ),
  deviceCodeExpired: () =>
    new EntraError(
      400,
      'expired_token',
      70020,
      'The provided value for the device code has expired.',
    ),
  unknownPath: (path: string) =>
    new EntraError(404, 'invalid_request', 90009, `The authority has no endpoint '${path}'.`),
} as const;
