import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import { sendJson } from '../http/body.js';
import type { TokenAuthority } from './token-authority.js';
import { ManagedIdentityError, managedIdentityErrors } from './managed-identity-error.js';
import { ACCESS_TOKEN_SECONDS, issueAccessToken, sameSecret } from './tokens.js';

/** One identity of a resource. */
export interface HeldIdentity {
  kind: 'system' | 'user';
  clientId: string;
  /** Object id, what role assignments name. */
  principalId: string;
  /** Of the identity; for a system-assigned one that of the resource. */
  resourceId: string;
}

/** What runs the program that asks. */
export interface IdentityHolder {
  /** e.g. `'/subscriptions/…/containerApps/ca-labacr'` */
  resourceId: string;
  identities: readonly HeldIdentity[];
}

/** How a program may ask. */
export interface IdentityAsker {
  /** The program's resource, looked up at each request; undefined when it is gone. */
  holder(): Promise<IdentityHolder | undefined>;
  /** The value of its `IDENTITY_HEADER`. */
  header: string;
  /** Whether nobody else can reach the endpoint: only then does it answer as the metadata service, which asks for no proof. */
  alone: boolean;
}

export interface ManagedIdentityOptions {
  tokens: TokenAuthority;
  tenantId: string;
  logger: Logger;
}

const TOKEN_PATH = '/msi/token';
const TOKEN_VERSION = '2019-08-01';
const METADATA_PATH = '/metadata/identity/oauth2/token';
const METADATA_VERSION = /^20(1[89]|2\d)-\d\d-\d\d$/;

/**
 * Answers a request for a token of a managed identity: as Container Apps and App Service do (`/msi/token`), and as
 * the metadata service of a virtual machine does (`/metadata/identity/oauth2/token`).
 *
 * @param find who asks, by the header of its request; undefined when nobody has such a header
 * @see https://learn.microsoft.com/azure/container-apps/managed-identity#rest-endpoint-reference
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#get-a-token-using-http
 */
export async function answerIdentityRequest(
  options: ManagedIdentityOptions,
  find: (header: string | undefined) => IdentityAsker | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const isMetadata = url.pathname.toLowerCase().startsWith('/metadata');
  try {
    if (request.method !== 'GET') throw managedIdentityErrors.methodNotAllowed();
    const query = url.searchParams;
    const path = url.pathname.toLowerCase().replace(/\/+$/, '');
    if (path === METADATA_PATH) {
      const asker = find(undefined);
      if (asker?.alone !== true) throw managedIdentityErrors.unknownPath(url.pathname);
      sendJson(response, 200, await metadataToken(options, asker, request, query));
    } else if (path === TOKEN_PATH) {
      const header = headerOf(request, 'x-identity-header');
      sendJson(response, 200, await serviceToken(options, find(header), header, query));
    } else throw managedIdentityErrors.unknownPath(url.pathname);
  } catch (error) {
    if (!(error instanceof ManagedIdentityError)) {
      options.logger.error({ error: messageOf(error) }, 'identity request failed');
    }
    const known =
      error instanceof ManagedIdentityError ? error : managedIdentityErrors.unexpected();
    const { status, message } = known;
    const body = isMetadata
      ? { error: known.error, error_description: message }
      : { statusCode: status, message };
    sendJson(response, status, body);
  }
}

async function serviceToken(
  options: ManagedIdentityOptions,
  asker: IdentityAsker | undefined,
  header: string | undefined,
  query: URLSearchParams,
): Promise<Record<string, string>> {
  if (header === undefined) throw managedIdentityErrors.noIdentityHeader();
  if (asker === undefined || !sameSecret(header, asker.header)) {
    throw managedIdentityErrors.wrongIdentityHeader();
  }
  const version = query.get('api-version');
  if (version !== TOKEN_VERSION) {
    throw managedIdentityErrors.unsupportedVersion(version, TOKEN_VERSION);
  }
  const resource = query.get('resource');
  if (!resource) throw managedIdentityErrors.noResource();
  const holder = await asker.holder();
  const chosen = holder && choose(holder, query);
  const system = holder?.identities.find(({ kind }) => kind === 'system');
  const identity = chosen === 'any' ? system : chosen;
  if (holder === undefined || identity === undefined) throw managedIdentityErrors.unableToLoad();
  const { token, expiresOn } = issue(options, holder, identity, resource);
  return {
    access_token: token,
    expires_on: String(expiresOn),
    resource,
    token_type: 'Bearer',
    client_id: identity.clientId,
  };
}

async function metadataToken(
  options: ManagedIdentityOptions,
  asker: IdentityAsker,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Record<string, string>> {
  if (headerOf(request, 'metadata')?.toLowerCase() !== 'true') {
    throw managedIdentityErrors.noMetadataHeader();
  }
  const version = query.get('api-version');
  if (!METADATA_VERSION.test(version ?? '')) {
    throw managedIdentityErrors.unsupportedVersion(version, '2018-02-01');
  }
  const resource = query.get('resource');
  if (!resource) throw managedIdentityErrors.noResource();
  const holder = await asker.holder();
  const chosen = holder && choose(holder, query);
  const identity = holder !== undefined && chosen === 'any' ? onlyOne(holder) : chosen;
  if (holder === undefined || identity === undefined || identity === 'any') {
    throw managedIdentityErrors.identityNotFound();
  }
  const { token, expiresOn } = issue(options, holder, identity, resource);
  return {
    access_token: token,
    client_id: identity.clientId,
    expires_in: String(ACCESS_TOKEN_SECONDS),
    expires_on: String(expiresOn),
    ext_expires_in: String(ACCESS_TOKEN_SECONDS),
    not_before: String(expiresOn - ACCESS_TOKEN_SECONDS),
    resource,
    token_type: 'Bearer',
  };
}

/** What a request names the identity by, in the words of both services. */
const SELECTORS: Readonly<Record<string, keyof HeldIdentity>> = {
  client_id: 'clientId',
  clientid: 'clientId',
  principal_id: 'principalId',
  object_id: 'principalId',
  mi_res_id: 'resourceId',
  msi_res_id: 'resourceId',
};

/** @returns `'any'` when the request names none, undefined when it names one that the resource does not have */
function choose(holder: IdentityHolder, query: URLSearchParams): HeldIdentity | 'any' | undefined {
  for (const [name, field] of Object.entries(SELECTORS)) {
    const wanted = query.get(name)?.toLowerCase();
    if (!wanted) continue;
    const isUsers = ({ kind }: HeldIdentity): boolean => field !== 'resourceId' || kind === 'user';
    return holder.identities.find((one) => one[field].toLowerCase() === wanted && isUsers(one));
  }
  return 'any';
}

/** The system-assigned identity, else the one that there is. @throws ManagedIdentityError when there are several */
function onlyOne({ identities }: IdentityHolder): HeldIdentity | undefined {
  const system = identities.find(({ kind }) => kind === 'system');
  if (system === undefined && identities.length > 1)
    throw managedIdentityErrors.severalIdentities();
  return system ?? identities[0];
}

function issue(
  { tokens, tenantId }: ManagedIdentityOptions,
  holder: IdentityHolder,
  identity: HeldIdentity,
  resource: string,
): { token: string; expiresOn: number } {
  const token = issueAccessToken(tokens, {
    tenantId,
    origin: 'https://localhost',
    clientId: identity.clientId,
    objectId: identity.principalId,
    audience: resource,
    claims: { xms_mirid: identity.resourceId, xms_az_rid: holder.resourceId },
  });
  const expiresOn = tokens.verify(token, resource)?.exp ?? 0;
  return { token, expiresOn };
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
