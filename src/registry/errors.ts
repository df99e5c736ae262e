interface ErrorKind {
  status: number;
  message: string;
}

/**
 * Every error this registry answers with: code, status, and the text when nothing more is known.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
 */
export const REGISTRY_ERRORS = {
  BLOB_UNKNOWN: { status: 404, message: 'blob unknown to registry' },
  BLOB_UPLOAD_INVALID: { status: 400, message: 'blob upload invalid' },
  BLOB_UPLOAD_UNKNOWN: { status: 404, message: 'blob upload unknown to registry' },
  DIGEST_INVALID: { status: 400, message: 'provided digest did not match uploaded content' },
  MANIFEST_BLOB_UNKNOWN: { status: 400, message: 'blob unknown to registry' },
  MANIFEST_INVALID: { status: 400, message: 'manifest invalid' },
  MANIFEST_UNKNOWN: { status: 404, message: 'manifest unknown' },
  NAME_INVALID: { status: 400, message: 'invalid repository name' },
  NAME_UNKNOWN: { status: 404, message: 'repository name not known to registry' },
  TAG_UNKNOWN: { status: 404, message: 'the specified tag does not exist' },
  TAG_INVALID: { status: 400, message: 'manifest tag did not match URI' },
  PAGINATION_NUMBER_INVALID: { status: 400, message: 'invalid number of results requested' },
  RANGE_INVALID: { status: 416, message: 'invalid content range' },
  SIZE_INVALID: { status: 413, message: 'provided content is larger than the limit' },
  UNAUTHORIZED: {
    status: 401,
    message:
      'authentication required, visit https://aka.ms/acr/authorization for more information.',
  },
  DENIED: { status: 403, message: 'requested access to the resource is denied' },
  UNSUPPORTED: { status: 405, message: 'The operation is unsupported.' },
  NOT_FOUND: { status: 404, message: 'there is nothing at this address' },
  REGISTRY_DISALLOWED_OPERATION: {
    status: 405,
    message:
      'The operation is disallowed on this registry, repository or image. View troubleshooting steps at https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation',
  },
  BAD_REQUEST: { status: 400, message: 'the request is malformed' },
  CONFLICT: { status: 409, message: 'the operation conflicts with another one' },
  INSUFFICIENT_STORAGE: { status: 507, message: 'no space left on the device of the registry' },
  UNKNOWN: { status: 500, message: 'unknown error' },
} as const satisfies Record<string, ErrorKind>;

export type RegistryErrorCode = keyof typeof REGISTRY_ERRORS;

/** A refusal in the registry's protocol. Thrown by handlers, written in one place. */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode;
  readonly status: number;
  readonly detail: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: RegistryErrorCode,
    more: {
      message?: string;
      detail?: unknown;
      status?: number;
      headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(more.message ?? REGISTRY_ERRORS[code].message);
    this.name = 'RegistryError';
    this.code = code;
    this.status = more.status ?? REGISTRY_ERRORS[code].status;
    this.detail = more.detail;
    this.headers = more.headers ?? {};
  }
}

/** The refusals in ACR's own words. */
export const refuse = {
  unknownTag: (tag: string) =>
    new RegistryError('MANIFEST_UNKNOWN', {
      message: `manifest tagged by "${tag}" is not found`,
      detail: { Tag: tag },
    }),
  unknownRevision: (repository: string, digest: string) =>
    new RegistryError('MANIFEST_UNKNOWN', {
      message: `manifest ${digest} is not found`,
      detail: { Name: repository, Revision: digest },
    }),
  unknownRepository: (repository: string) =>
    new RegistryError('NAME_UNKNOWN', { detail: { name: repository } }),
  unknownBlob: (digest: string) => new RegistryError('BLOB_UNKNOWN', { detail: { digest } }),
  unknownUpload: (id: string) => new RegistryError('BLOB_UPLOAD_UNKNOWN', { detail: { id } }),
  invalidName: (repository: string) =>
    new RegistryError('NAME_INVALID', { detail: { name: repository } }),
  invalidDigest: (digest: string) =>
    new RegistryError('DIGEST_INVALID', {
      message: 'the digest is malformed or of an unsupported algorithm',
      detail: { digest },
    }),
  invalidManifest: (message: string, detail?: unknown) =>
    new RegistryError('MANIFEST_INVALID', { message, detail }),
  locked: () => new RegistryError('REGISTRY_DISALLOWED_OPERATION', { detail: {} }),
  unsupported: (method: string, allowed: readonly string[]) =>
    new RegistryError('UNSUPPORTED', {
      detail: { method },
      headers: { Allow: allowed.join(', ') },
    }),
  firewall: (address: string) =>
    new RegistryError('DENIED', {
      message: `client with IP '${address}' is not allowed access, refer https://aka.ms/acr/firewall to grant access`,
    }),
};
