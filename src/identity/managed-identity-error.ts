/** A refusal of the endpoint that gives programs in containers the tokens of their identities. */
export class ManagedIdentityError extends Error {
  readonly status: number;
  /** OAuth's word, for the answers of the metadata service. */
  readonly error: string;

  constructor(status: number, error: string, message: string) {
    super(message);
    this.name = 'ManagedIdentityError';
    this.status = status;
    this.error = error;
  }
}

const refusal = (message: string, status = 400, error = 'invalid_request'): ManagedIdentityError =>
  new ManagedIdentityError(status, error, message);

/** @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#error-handling */
export const managedIdentityErrors = {
  noMetadataHeader: () => refusal('Required metadata header not specified'),
  noIdentityHeader: () =>
    refusal(
      "The header 'X-IDENTITY-HEADER' is missing: it must hold the value of IDENTITY_HEADER.",
    ),
  wrongIdentityHeader: () =>
    refusal(
      "The header 'X-IDENTITY-HEADER' does not hold the value of IDENTITY_HEADER.",
      401,
      'unauthorized',
    ),
  noResource: () => refusal("Required query variables not specified: 'resource' is missing."),
  unsupportedVersion: (given: string | null, known: string) =>
    refusal(
      given === null
        ? `Required query variables not specified: 'api-version' is missing (${known}).`
        : `The api-version '${given}' is not supported: ${known} is.`,
    ),
  identityNotFound: () => refusal('Identity not found'),
  unableToLoad: () => refusal('Unable to load requested managed identity.'),
  severalIdentities: () =>
    refusal(
      'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
    ),
  methodNotAllowed: () => refusal('Only GET is supported here.', 405),
  unknownPath: (path: string) => refusal(`There is nothing at ${path}.`, 404, 'not_found'),
  unexpected: () => refusal('A transient error has occurred.', 500, 'server_error'),
} as const;
