interface ErrorKind {
  status: number;
  message: string;
  /** When it is answered, and what helps; for docs/reference/registry-errors.md. */
  when: string;
}

/**
 * Every error this registry answers with: code, status, and the text when nothing more is known.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
 */
export const REGISTRY_ERRORS = {
  BLOB_UNKNOWN: {
    status: 404,
    message: 'blob unknown to registry',
    when: 'The repository has no blob of this digest, even if another repository has. Push it, or mount it.',
  },
  BLOB_UPLOAD_UNKNOWN: {
    status: 404,
    message: 'blob upload unknown to registry',
    when: 'The upload was finished, cancelled, left alone for a day, or is another repository’s. Open a new one.',
  },
  DIGEST_INVALID: {
    status: 400,
    message: 'provided digest did not match uploaded content',
    when: 'The bytes are not what the digest says, or the digest is malformed or neither sha256 nor sha512. Nothing was stored.',
  },
  MANIFEST_BLOB_UNKNOWN: {
    status: 400,
    message: 'blob unknown to registry',
    when: 'A manifest names a blob, or an index a child, that the repository does not have. Push those first, or allow sparse indexes.',
  },
  MANIFEST_INVALID: {
    status: 400,
    message: 'manifest invalid',
    when: 'The manifest is no JSON of a known shape, or contradicts its media type; the message says where.',
  },
  MANIFEST_UNKNOWN: {
    status: 404,
    message: 'manifest unknown',
    when: 'There is no such tag or digest, or it is an index that the `Accept` header of the client leaves out.',
  },
  NAME_INVALID: {
    status: 400,
    message: 'invalid repository name',
    when: 'A name has lower-case letters and digits, separated by `.`, `_`, `__`, `-` and `/`, at most 255 in all.',
  },
  NAME_UNKNOWN: {
    status: 404,
    message: 'repository name not known to registry',
    when: 'Nothing was pushed to the repository, or everything in it was deleted.',
  },
  TAG_UNKNOWN: {
    status: 404,
    message: 'the specified tag does not exist',
    when: 'The data plane (`/acr/v1/`) was asked for a tag that is not there.',
  },
  TAG_INVALID: {
    status: 400,
    message: 'manifest tag did not match URI',
    when: 'A tag has at most 128 letters, digits, `.`, `_` and `-`. With status 414: more than 100 tags in one push.',
  },
  PAGINATION_NUMBER_INVALID: {
    status: 400,
    message: 'invalid number of results requested',
    when: '`n` is no number, or less than 0.',
  },
  RANGE_INVALID: {
    status: 416,
    message: 'invalid content range',
    when: 'A chunk does not begin where the last one ended (go on from the `Range` of the answer), or a download begins behind the end.',
  },
  SIZE_INVALID: {
    status: 413,
    message: 'provided content is larger than the limit',
    when: 'A manifest has more than 4 MiB, or another document more than its limit.',
  },
  UNAUTHORIZED: {
    status: 401,
    message:
      'authentication required, visit https://aka.ms/acr/authorization for more information.',
    when: 'No credentials, wrong ones, or a token without the permission that `WWW-Authenticate` names. Log in again.',
  },
  DENIED: {
    status: 403,
    message: 'requested access to the resource is denied',
    when: 'The network rules of the registry do not allow the address of the client.',
  },
  UNSUPPORTED: {
    status: 405,
    message: 'The operation is unsupported.',
    when: 'The address exists, but not with this method; `Allow` lists those that do.',
  },
  NOT_FOUND: {
    status: 404,
    message: 'there is nothing at this address',
    when: 'The path is none of the registry’s.',
  },
  REGISTRY_DISALLOWED_OPERATION: {
    status: 405,
    message:
      'The operation is disallowed on this registry, repository or image. View troubleshooting steps at https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation',
    when: 'A lock (`changeableAttributes`) of the repository, tag or manifest forbids it: `az acr repository update --write-enabled true`.',
  },
  TOOMANYREQUESTS: {
    status: 429,
    message: 'too many requests',
    when: 'A public registry that the mirror serves limits its rate, or this one limits pulls without credentials; `Retry-After` says for how long.',
  },
  BAD_REQUEST: {
    status: 400,
    message: 'the request is malformed',
    when: 'A body or a parameter of the data plane is malformed; the message says which.',
  },
  CONFLICT: {
    status: 409,
    message: 'the operation conflicts with another one',
    when: 'Another request is writing the upload, or a restore would move a tag without `force`.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    message: 'the rest of the request did not come in time',
    when: 'A manifest or another document was not whole within a minute, or an upload brought less than its minimum rate for one; go on from the `Range` of the answer.',
  },
  INSUFFICIENT_STORAGE: {
    status: 507,
    message: 'no space left on the device of the registry',
    when: 'The disk is full. What was acknowledged is safe; free space, then repeat the request.',
  },
  UNKNOWN: {
    status: 500,
    message: 'unknown error',
    when: 'A fault of the registry. Its log has the cause under the `x-ms-correlation-request-id` of the answer.',
  },
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

/** As it is sent. */
export function errorBody({ code, message, detail }: RegistryError): { errors: object[] } {
  return { errors: [{ code, message, ...(detail !== undefined && { detail }) }] };
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
  tooManyRequests: (message: string, retryAfterMs = 0) =>
    new RegistryError('TOOMANYREQUESTS', {
      message,
      headers: retryAfterMs > 0 ? { 'Retry-After': Math.ceil(retryAfterMs / 1000).toString() } : {},
    }),
  firewall: (address: string) =>
    new RegistryError('DENIED', {
      message: `client with IP '${address}' is not allowed access, refer https://aka.ms/acr/firewall to grant access`,
    }),
};
