import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.js';
import { systemClock } from '../base/clock.js';
import { messageOf } from '../base/failure.js';
import { silentLogger, type Logger } from '../base/logger.js';
import { sendJson } from '../http/body.js';
import type { HttpPlane } from '../http/plane.js';
import { Router } from '../http/router.js';
import type { TokenAuthority } from '../identity/token-authority.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import { ActivityLog } from './activity-log/activity-log.js';
import type { ArmCall, ArmHandler, ArmReply } from './arm-call.js';
import { AsyncOperations } from './async-operations.js';
import { authenticate } from './authentication.js';
import { ArmError, armErrors, asArmError } from './errors.js';
import { emptyAndRemoveGroup } from './group-deletion.js';
import { createLocksProvider, Locks } from './providers/authorization/locks.js';
import { createRoleAssignmentsProvider } from './providers/authorization/role-assignments.js';
import { createRoleDefinitionsProvider } from './providers/authorization/role-definitions.js';
import { createIdentitiesProvider } from './providers/identities/user-assigned-identities.js';
import { createTagsProvider } from './providers/tags/tags.js';
import { ProviderRegistry } from './provider-registry.js';
import type { RequestContext, ResourceProvider } from './provider.js';
import { readJsonBody } from './request-body.js';
import { isDeleting, ResourceGroups } from './resource-groups.js';
import { parseResourcePath } from './resource-id.js';
import { ResourceOperations } from './resource-operations.js';
import { addActivityRoutes } from './routes/activity.js';
import { addGenericResourceRoutes } from './routes/generic-resources.js';
import { addGroupRoutes } from './routes/groups.js';
import { addOperationRoutes } from './routes/operation-status.js';
import { addProviderCatalogueRoutes } from './routes/provider-catalogue.js';
import {
  answerProviderPath,
  stateOfResource,
  type ProviderRouteOptions,
} from './routes/provider-resources.js';
import { addSubscriptionRoutes, type SubscriptionInfo } from './routes/subscriptions.js';

const ROOTS = new Set(['subscriptions', 'providers', 'tenants']);
const DELETE_GRACE_MS = 250;
/** e.g. `'2024-11-01'`, `'2025-03-01-preview'` */
const API_VERSION = /^\d{4}-\d\d-\d\d(-[a-z]+)?$/i;

export interface ResourceManagerOptions {
  /** What others build on comes first: groups are emptied in the reverse order. */
  providers: readonly ResourceProvider[];
  /** More providers, that need what the resource manager itself can do. */
  withResources?: (access: ResourceAccess) => readonly ResourceProvider[];
  metadata: MetadataStore;
  tokenAuthority: TokenAuthority;
  /** Accepted audiences besides the gateway's own address. */
  audiences: readonly string[];
  subscription: SubscriptionInfo;
  clock?: Clock;
  logger?: Logger;
}

/** What a provider that writes other resources is given. */
export interface ResourceAccess {
  resources: ResourceOperations;
  groups: ResourceGroups;
  registry: ProviderRegistry;
}

export interface ResourceManager extends HttpPlane, ResourceAccess {
  /** Goes on with the deletions an earlier process left, and settles its operations. Call once, before serving. */
  recover(): Promise<void>;
  /** Resolves when nothing runs in the background any more. */
  idle(): Promise<void>;
}

/** The resource manager: `/subscriptions/…`, `/providers/…`, `/tenants`. */
export function createResourceManager(options: ResourceManagerOptions): ResourceManager {
  const clock = options.clock ?? systemClock;
  const logger = options.logger ?? silentLogger;
  const info = options.subscription;
  const registry = new ProviderRegistry([...builtInProviders(options), ...options.providers]);
  const groups = new ResourceGroups(options.metadata);
  const operations = new AsyncOperations(options.metadata, clock);
  const { subscriptionId } = info;
  const activityLog = new ActivityLog(options.metadata, clock);
  const { observe } = activityLog;
  const locks = new Locks(options.metadata);
  const resources = new ResourceOperations({ registry, groups, subscriptionId, locks, observe });
  const access: ResourceAccess = { resources, groups, registry };
  registry.add(createTagsProvider(access));
  for (const provider of options.withResources?.(access) ?? []) registry.add(provider);

  const router = new Router<ArmHandler>();
  addSubscriptionRoutes(router, info);
  addProviderCatalogueRoutes(router, info, registry);
  addGroupRoutes(router, { info, ...access, operations, locks });
  addGenericResourceRoutes(router, { info, registry, groups });
  addOperationRoutes(router, operations);
  addActivityRoutes(router, info, activityLog);
  const routes = { registry, resources, operations, deleteGraceMs: DELETE_GRACE_MS };

  return {
    name: 'arm',
    ...access,
    async handle(request, response, url) {
      const root = url.pathname.split('/').find((segment) => segment !== '') ?? '';
      if (!ROOTS.has(root.toLowerCase())) return false;
      const ids = identifiersOf(request);
      try {
        const context = contextOf(request, url, ids, options);
        send(response, await dispatch({ router, routes, request, url, context }), ids);
      } catch (error) {
        if (!(error instanceof ArmError)) {
          logger.error({ error: messageOf(error), path: url.pathname }, 'request failed');
        }
        sendError(response, asArmError(error), ids);
      }
      return true;
    },
    recover: () => recover({ ...access, operations, subscriptionId }),
    idle: () => operations.idle(),
  };
}

/** Types that need nothing but a place to be stored. */
function builtInProviders(options: ResourceManagerOptions): ResourceProvider[] {
  const { metadata, subscription, clock = systemClock } = options;
  return [
    createIdentitiesProvider({ metadata, tenantId: subscription.tenantId, clock }),
    createRoleDefinitionsProvider(),
    createRoleAssignmentsProvider({ metadata, clock }),
    createLocksProvider({ metadata, clock }),
  ];
}

interface Dispatch {
  router: Router<ArmHandler>;
  routes: ProviderRouteOptions;
  request: IncomingMessage;
  url: URL;
  context: RequestContext;
}

async function dispatch({ router, routes, request, url, context }: Dispatch): Promise<ArmReply> {
  const method = (request.method ?? 'GET').toUpperCase();
  const pathname = withDeploymentsProvider(url.pathname);
  const call: ArmCall = {
    request,
    method,
    url,
    parameters: {},
    context,
    body: () => readJsonBody(request),
  };
  const match = router.match(method, pathname);
  if (match.kind === 'found') return match.handler({ ...call, parameters: match.parameters });
  const path = parseResourcePath(decodePath(pathname));
  if (path !== undefined && path.providers.some(({ parts }) => parts.length > 0)) {
    return answerProviderPath(routes, path, call);
  }
  if (match.kind === 'method-not-allowed') throw armErrors.methodNotAllowed(method, match.allowed);
  throw armErrors.pathNotFound(url.pathname);
}

/** Clients leave out the provider of deployments: `…/resourcegroups/rg/deployments/d/operations`. */
function withDeploymentsProvider(pathname: string): string {
  return pathname.replace(
    /^(\/+subscriptions\/+[^/]+(?:\/+resourcegroups\/+[^/]+)?)\/+deployments(?=\/|$)/i,
    '$1/providers/Microsoft.Resources/deployments',
  );
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname; // a stray % is taken as it is; no resource has such a name
  }
}

interface Identifiers {
  requestId: string;
  correlationId: string;
}

function identifiersOf(request: IncomingMessage): Identifiers {
  const given = request.headers['x-ms-correlation-request-id'];
  const valid = typeof given === 'string' && /^[\w-]{1,64}$/.test(given);
  return { requestId: randomUUID(), correlationId: valid ? given : randomUUID() };
}

function contextOf(
  request: IncomingMessage,
  url: URL,
  ids: Identifiers,
  options: ResourceManagerOptions,
): RequestContext {
  const caller = authenticate(request, url.origin, options);
  const apiVersion = url.searchParams.get('api-version');
  if (!apiVersion) throw armErrors.missingApiVersion();
  if (!API_VERSION.test(apiVersion)) throw armErrors.invalidApiVersion(apiVersion);
  return {
    ...caller,
    correlationId: ids.correlationId,
    apiVersion,
    baseUrl: url.origin,
    query: url.searchParams,
  };
}

function send(response: ServerResponse, reply: ArmReply, ids: Identifiers): void {
  const headers = {
    'cache-control': 'no-cache',
    'x-ms-request-id': ids.requestId,
    'x-ms-correlation-request-id': ids.correlationId,
    ...reply.headers,
  };
  if (reply.body !== undefined) {
    sendJson(response, reply.status, reply.body, headers);
    return;
  }
  const length = reply.status === 204 ? {} : { 'content-length': '0' };
  response.writeHead(reply.status, { ...headers, ...length });
  response.end();
}

function sendError(response: ServerResponse, error: ArmError, ids: Identifiers): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const code = { 'x-ms-failure-cause': 'gateway', ...error.headers };
  send(response, { status: error.status, body: { error: error.toBody() }, headers: code }, ids);
}

async function recover(
  state: ResourceAccess & { operations: AsyncOperations; subscriptionId: string },
): Promise<void> {
  const { groups, resources, operations, subscriptionId } = state;
  const context: RequestContext = {
    caller: '',
    correlationId: randomUUID(),
    apiVersion: '2025-01-01',
    baseUrl: '',
  };
  for (const group of (await groups.list(subscriptionId)).filter(isDeleting)) {
    const pending = emptyAndRemoveGroup(group, subscriptionId, state, context);
    await operations.start(
      pending.then(() => undefined),
      { resourceId: group.id },
    );
  }
  await operations.recover(async ({ resourceId }) => ({
    status: await stateOfResource(resources, resourceId, context),
  }));
}
