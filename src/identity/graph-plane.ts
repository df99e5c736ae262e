import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { silentLogger, type Logger } from '../base/logger.js';
import { messageOf } from '../base/failure.js';
import { BodyTooLargeError, readBody, sendJson } from '../http/body.js';
import type { HttpPlane } from '../http/plane.js';
import { GraphError, graphErrors } from './graph-error.js';
import type { TokenAuthority } from './token-authority.js';

/** A service principal as the directory knows it. */
export interface DirectoryPrincipal {
  objectId: string;
  /** Application id. */
  clientId: string;
  displayName: string;
  kind: 'Application' | 'ManagedIdentity';
}

export interface GraphPlaneOptions {
  tokenAuthority: TokenAuthority;
  /** Audiences accepted besides the gateway's own and its `/graph`. */
  audiences: readonly string[];
  /** The service principals there are: the home's own and managed identities. */
  principals(): Promise<readonly DirectoryPrincipal[]>;
  logger?: Logger;
}

const ROOT = /^\/graph\/v1\.0(?=\/|$)/i;
/** As many ids as one request may name. */
const MAX_IDS = 1_000;

/**
 * The look-ups in Microsoft Graph that clients make to find a principal: `/graph/v1.0/servicePrincipals`,
 * `/users`, `/groups`, `/directoryObjects/getByIds`. The directory has no users and no groups.
 */
export function createGraphPlane(options: GraphPlaneOptions): HttpPlane {
  const logger = options.logger ?? silentLogger;
  return {
    name: 'graph',
    async handle(request, response, url) {
      if (!ROOT.test(url.pathname)) return false;
      try {
        authenticate(options, request, url);
        sendJson(response, 200, await answer(options, request, url));
      } catch (error) {
        if (!(error instanceof GraphError)) {
          logger.error({ error: messageOf(error) }, 'graph request failed');
        }
        sendError(response, error);
      }
      return true;
    },
  };
}

function authenticate(options: GraphPlaneOptions, request: IncomingMessage, url: URL): void {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const graph = `${url.origin}/graph`;
  const audiences = [...options.audiences, url.origin, `${url.origin}/`, graph, `${graph}/`];
  if (token === undefined || options.tokenAuthority.verify(token, audiences) === undefined) {
    throw graphErrors.invalidToken();
  }
}

async function answer(
  options: GraphPlaneOptions,
  request: IncomingMessage,
  url: URL,
): Promise<unknown> {
  const path = url.pathname.replace(ROOT, '').replace(/\/+$/, '');
  const principals = await options.principals();
  const filter = url.searchParams.get('$filter');
  const call = `${request.method ?? 'GET'} ${path.toLowerCase()}`;
  switch (call) {
    case 'GET /serviceprincipals':
      return page(url, principals.filter(parseFilter(filter)).map(describe));
    case 'GET /users':
    case 'GET /groups':
      return page(url, []);
    case 'POST /directoryobjects/getbyids': {
      const ids = await readIds(request);
      return page(url, principals.filter(({ objectId }) => ids.includes(objectId)).map(describe));
    }
    default: {
      const id = /^GET \/(?:serviceprincipals|directoryobjects)\/([^/]+)$/.exec(call)?.[1];
      if (id === undefined) throw graphErrors.notImplemented(`${request.method ?? ''} ${path}`);
      const found = principals.find(({ objectId }) => objectId === id);
      if (found === undefined) throw graphErrors.notFound(id);
      return describe(found);
    }
  }
}

/** The filters clients send: by a name of the principal, by application id, by display name. */
function parseFilter(filter: string | null): (principal: DirectoryPrincipal) => boolean {
  if (filter === null || filter === '') return () => true;
  const named =
    /^servicePrincipalNames\/any\(\w+:\w+ eq '([^']*)'\)$/i.exec(filter) ??
    /^appId eq '([^']*)'$/i.exec(filter);
  if (named?.[1] !== undefined) {
    const clientId = named[1].toLowerCase();
    return (principal) => principal.clientId === clientId;
  }
  const shown = /^(?:displayName eq '([^']*)'|startswith\(displayName, ?'([^']*)'\))$/i.exec(
    filter,
  );
  if (shown === null) throw graphErrors.badFilter(filter);
  const [, exact, start] = shown;
  return ({ displayName }) =>
    exact === undefined ? displayName.startsWith(start ?? '') : displayName === exact;
}

async function readIds(request: IncomingMessage): Promise<string[]> {
  const text = (await readBody(request)).toString('utf8');
  const ids = parseIds(text);
  if (ids === undefined || ids.length > MAX_IDS) throw graphErrors.badIds(MAX_IDS);
  return ids.map((id) => id.toLowerCase());
}

function parseIds(text: string): string[] | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('ids' in body)) return undefined;
    const { ids } = body;
    if (!Array.isArray(ids)) return undefined;
    return ids.every((id) => typeof id === 'string') ? ids : undefined;
  } catch {
    return undefined; // the caller says what the body must look like
  }
}

function describe(principal: DirectoryPrincipal): Record<string, unknown> {
  return {
    '@odata.type': '#microsoft.graph.servicePrincipal',
    id: principal.objectId,
    appId: principal.clientId,
    displayName: principal.displayName,
    servicePrincipalType: principal.kind,
    servicePrincipalNames: [principal.clientId],
    accountEnabled: true,
  };
}

function page(url: URL, value: unknown[]): Record<string, unknown> {
  return { '@odata.context': `${url.origin}/graph/v1.0/$metadata`, value };
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof GraphError ? error : unexpected(error);
  sendJson(response, known.status, {
    error: {
      code: known.code,
      message: known.message,
      innerError: { 'request-id': randomUUID() },
    },
  });
}

function unexpected(error: unknown): GraphError {
  return error instanceof BodyTooLargeError
    ? new GraphError(413, 'Request_TooLarge', 'The request is too long.')
    : new GraphError(500, 'InternalServerError', 'An internal error has occurred.');
}
