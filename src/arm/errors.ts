import { StorageFullError, storageError } from '../storage/storage-error.js';
import type { Json, JsonObject } from './provider.js';
import type { ResourceId } from './resource-id.js';

/** One level of Azure's error tree. */
export interface ArmErrorBody extends JsonObject {
  code: string;
  message: string;
}

export interface ArmErrorOptions {
  code: string;
  status: number;
  message: string;
  /** e.g. the id of the deployment. */
  target?: string;
  details?: readonly ArmErrorBody[];
  additionalInfo?: Json;
  headers?: Readonly<Record<string, string>>;
}

/**
 * A refusal the client sees: `{ "error": { code, message, target?, details? } }`.
 * @see https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#handling-errors
 */
export class ArmError extends Error {
  readonly code: string;
  readonly status: number;
  readonly target: string | undefined;
  readonly details: readonly ArmErrorBody[];
  readonly additionalInfo: Json | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(options: ArmErrorOptions) {
    super(options.message);
    this.name = 'ArmError';
    this.code = options.code;
    this.status = options.status;
    this.target = options.target;
    this.details = options.details ?? [];
    this.additionalInfo = options.additionalInfo;
    this.headers = options.headers ?? {};
  }

  /** What goes under `error`. */
  toBody(): ArmErrorBody {
    return {
      code: this.code,
      message: this.message,
      ...(this.target === undefined ? {} : { target: this.target }),
      ...(this.details.length === 0 ? {} : { details: [...this.details] }),
      ...(this.additionalInfo === undefined ? {} : { additionalInfo: this.additionalInfo }),
    };
  }
}

/** Anything thrown as a refusal: a full disk is told, all else that is no `ArmError` is a 500 that tells nothing. */
export function asArmError(error: unknown): ArmError {
  if (error instanceof ArmError) return error;
  return storageError(error) instanceof StorageFullError
    ? armErrors.diskFull()
    : armErrors.internal();
}

/** The resource manager has been there since; every version of a type from then on is taken. */
export const OLDEST_API_VERSION = '2014-04-01';

function refusal(status: number, code: string, message: string): ArmError {
  return new ArmError({ status, code, message });
}

/** The resource manager's own refusals, in Azure's wording. Providers have catalogues of their own. */
export const armErrors = {
  diskFull: () =>
    refusal(
      507,
      'InsufficientStorage',
      'The disk that holds the home folder of Lazurite is full. Nothing of this request was kept; free space there and send it again.',
    ),
  missingToken: () =>
    refusal(
      401,
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
    ),
  malformedToken: () =>
    refusal(
      401,
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    ),
  invalidToken: () => refusal(401, 'InvalidAuthenticationToken', 'The access token is invalid.'),
  missingApiVersion: () =>
    refusal(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    ),
  invalidApiVersion: (apiVersion: string) =>
    refusal(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${apiVersion}' is invalid. A version is a date, with '-preview' or without: '2024-11-01'.`,
    ),
  noRegisteredProvider: (type: string, apiVersion: string, versions: readonly string[]) => {
    const [, ...types] = type.split('/');
    return refusal(
      400,
      'NoRegisteredProviderFound',
      `No registered resource provider found for API version '${apiVersion}' for type '${types.join('/')}'. ` +
        `The supported api-versions are '${versions.join(', ')}' and all others since ${OLDEST_API_VERSION}.`,
    );
  },
  subscriptionNotFound: (subscriptionId: string) =>
    refusal(
      404,
      'SubscriptionNotFound',
      `The subscription '${subscriptionId}' could not be found.`,
    ),
  groupNotFound: (group: string) =>
    refusal(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`),
  groupBeingDeleted: (group: string) =>
    refusal(
      409,
      'ResourceGroupBeingDeleted',
      `The resource group '${group}' is in deprovisioning state and cannot perform this operation.`,
    ),
  invalidGroupName: (group: string) =>
    refusal(
      400,
      'InvalidResourceGroup',
      `The provided resource group name '${group}' has these invalid characters or is too long. ` +
        "The name can only be a letter, digit, '-', '.', '(', ')' or '_', at most 90 of them, and can't end with '.'.",
    ),
  groupLocationConflict: (location: string, existing: string) =>
    refusal(
      409,
      'InvalidResourceGroupLocation',
      `Invalid resource group location '${location}'. The Resource group already exists in location '${existing}'.`,
    ),
  groupLocationUnavailable: (location: string, regions: string) =>
    refusal(
      400,
      'LocationNotAvailableForResourceGroup',
      `The provided location '${location}' is not available for resource group. List of available regions is '${regions}'.`,
    ),
  locationRequired: () =>
    refusal(400, 'LocationRequired', 'The location property is required for this definition.'),
  locationUnavailable: (location: string, type: string, regions: string) =>
    refusal(
      400,
      'LocationNotAvailableForResourceType',
      `The provided location '${location}' is not available for resource type '${type}'. ` +
        `List of available regions for the resource type is '${regions}'.`,
    ),
  resourceNotFound: (id: ResourceId) => refusal(404, 'ResourceNotFound', notFoundMessage(id)),
  parentNotFound: (type: string, parent: ResourceId) =>
    refusal(
      404,
      'ParentResourceNotFound',
      `Failed to perform 'write' on resource(s) of type '${type}', because the parent resource '${parent.text}' could not be found.`,
    ),
  invalidNamespace: (namespace: string) =>
    refusal(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`),
  invalidType: (type: string, apiVersion: string) => {
    const [namespace = '', ...types] = type.split('/');
    return refusal(
      404,
      'InvalidResourceType',
      `The resource type '${types.join('/')}' could not be found in the namespace '${namespace}' for api version '${apiVersion}'.`,
    );
  },
  pathNotFound: (path: string) =>
    refusal(404, 'NotFound', `The resource manager has no path '${path}'.`),
  methodNotAllowed: (method: string, allowed: readonly string[]) =>
    new ArmError({
      status: 405,
      code: 'MethodNotAllowed',
      message: `The HTTP method '${method}' is not supported at this path.`,
      headers: { allow: allowed.join(', ') },
    }),
  notImplemented: (operation: string) =>
    refusal(501, 'NotImplemented', `The operation '${operation}' is not implemented by Lazurite.`),
  invalidContent: (why: string) =>
    refusal(
      400,
      'InvalidRequestContent',
      `The request content was invalid and could not be deserialized: '${why}'.`,
    ),
  bodyTooLarge: (limit: number) =>
    refusal(413, 'RequestContentTooLarge', `The request content is larger than ${limit} bytes.`),
  operationNotFound: (operationId: string) =>
    refusal(404, 'OperationNotFound', `The operation '${operationId}' could not be found.`),
  internal: () => refusal(500, 'InternalServerError', 'Encountered internal server error.'),
} as const;

function notFoundMessage(id: ResourceId): string {
  const [namespace = '', ...types] = id.type.split('/');
  const path = types.flatMap((type, index) => [type, id.names[index] ?? '']).join('/');
  const where =
    id.resourceGroup === undefined
      ? `subscription '${id.subscriptionId}'`
      : `resource group '${id.resourceGroup}'`;
  return (
    `The Resource '${namespace}/${path}' under ${where} was not found. ` +
    'For more details please go to https://aka.ms/ARMResourceNotFoundFix'
  );
}
