import type { JsonObject } from '../../base/json.js';
import type { ArmCall, ArmReply } from '../arm-call.js';
import type { AsyncOperations } from '../async-operations.js';
import { armErrors } from '../errors.js';
import { pageOf } from '../paging.js';
import { pollingUrls, RETRY_AFTER_SECONDS, type PollingUrls } from '../polling.js';
import type { ProviderRegistry } from '../provider-registry.js';
import type { Resource, WriteResult } from '../provider.js';
import type { ResourceOperations } from '../resource-operations.js';
import {
  groupIdOf,
  nameOf,
  parentOf,
  parseResourceId,
  resourceIdOf,
  subscriptionIdOf,
  type ResourceId,
  type ResourcePath,
} from '../resource-id.js';

export interface ProviderRouteOptions {
  registry: ProviderRegistry;
  resources: ResourceOperations;
  operations: AsyncOperations;
  /** A deletion that ends within this time is answered 200 instead of 202. */
  deleteGraceMs: number;
}

/** Answers a path that names a provider's resource, collection or action. */
export async function answerProviderPath(
  options: ProviderRouteOptions,
  path: ResourcePath,
  call: ArmCall,
): Promise<ArmReply> {
  const last = path.providers.at(-1);
  if (last === undefined || path.rest.length > 0) throw armErrors.pathNotFound(call.url.pathname);
  const id = resourceIdOf(path);
  if (id !== undefined) return answerResource(options, id, call);
  const { namespace, parts } = last;
  const tail = parts.at(-1);
  const owner = ownerOf(path);
  if (tail === undefined || owner === undefined) throw armErrors.pathNotFound(call.url.pathname);
  if (call.method === 'GET') {
    const types = parts.filter((_, index) => index % 2 === 0);
    const type = [namespace, ...types].join('/');
    if (options.registry.find(owner.type)?.queries?.[tail.toLowerCase()] !== undefined) {
      return options.resources.query(owner, tail, call.context);
    }
    return pageOf(await options.resources.list(type, owner, call.context), call);
  }
  if (call.method === 'POST') return act(options, { owner, namespace, parts, name: tail }, call);
  throw armErrors.methodNotAllowed(call.method, ['GET', 'POST']);
}

/** The resource, group or subscription a collection or an action belongs to. */
function ownerOf(path: ResourcePath): ResourceId | undefined {
  const providers = path.providers.map((stretch, index) =>
    index === path.providers.length - 1
      ? { ...stretch, parts: stretch.parts.slice(0, -1) }
      : stretch,
  );
  const whole = providers.filter(({ parts }) => parts.length > 0);
  const id = resourceIdOf({ ...path, providers: whole });
  if (id !== undefined || path.subscriptionId === '') return id;
  return path.resourceGroup === undefined
    ? subscriptionIdOf(path.subscriptionId)
    : groupIdOf(path.subscriptionId, path.resourceGroup);
}

const ON_RESOURCES = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'];

async function answerResource(
  options: ProviderRouteOptions,
  id: ResourceId,
  call: ArmCall,
): Promise<ArmReply> {
  const { resources } = options;
  switch (call.method) {
    case 'GET':
      return { status: 200, body: await resources.get(id, call.context) };
    case 'HEAD':
      await resources.get(id, call.context);
      return { status: 204 };
    case 'PUT': {
      const result = await resources.put(id, await call.body(), call.context);
      return replyToWrite(options, id, call, result);
    }
    case 'PATCH': {
      const result = await resources.patch(id, await call.body(), call.context);
      return replyToWrite(options, id, call, result);
    }
    case 'DELETE':
      return remove(options, id, call);
    case 'POST': {
      const owner = parentOf(id);
      const action = id.type.split('/').at(-1)?.toLowerCase() ?? '';
      const field = owner && options.registry.find(owner.type)?.namedActions?.[action];
      if (!owner || field === undefined) throw armErrors.methodNotAllowed('POST', ON_RESOURCES);
      return resources.act(owner, action, { [field]: nameOf(id) }, call.context);
    }
    default:
      throw armErrors.methodNotAllowed(call.method, ON_RESOURCES);
  }
}

/** A write that goes on: 201 for PUT, 202 for PATCH, since that is what clients poll on. */
async function replyToWrite(
  options: ProviderRouteOptions,
  id: ResourceId,
  call: ArmCall,
  result: WriteResult,
): Promise<ArmReply> {
  const { pending, resource } = result;
  if (pending === undefined) return { status: result.created ? 201 : 200, body: resource };
  const finished = pending.then(() => current(options, id, call));
  const operation = await options.operations.start(finished, { resourceId: id.text });
  const urls = urlsFor(options, id, call);
  const headers = {
    'azure-asyncoperation': urls.status(operation),
    'retry-after': RETRY_AFTER_SECONDS,
  };
  if (call.method === 'PUT') return { status: 201, body: resource, headers };
  return {
    status: 202,
    body: resource,
    headers: { ...headers, location: patchLocation(id, urls, operation) },
  };
}

async function current(
  options: ProviderRouteOptions,
  id: ResourceId,
  call: ArmCall,
): Promise<Resource> {
  return options.resources.get(id, call.context);
}

/** Clients of environments poll the status at `Location`, too, by the word in its path. */
function patchLocation(id: ResourceId, urls: PollingUrls, operation: string): string {
  const environment = id.type.toLowerCase() === 'microsoft.app/managedenvironments';
  return environment ? urls.status(operation) : urls.result(operation);
}

async function remove(
  options: ProviderRouteOptions,
  id: ResourceId,
  call: ArmCall,
): Promise<ArmReply> {
  const deletion = await options.resources.delete(id, call.context);
  if (deletion === false) return { status: 204 };
  const { done } = deletion;
  const provider = options.registry.find(id.type);
  const background = provider?.deletesInBackground === true;
  if (!background && (await settlesWithin(done, options.deleteGraceMs))) {
    await done;
    // clients of untracked types, role assignments for one, read back what is gone
    const untracked = provider?.tracking === 'none';
    return untracked ? { status: 200, body: deletion.resource } : { status: 200 };
  }
  const finished = done.then(() => undefined);
  const operation = await options.operations.start(finished, { resourceId: id.text });
  const urls = urlsFor(options, id, call);
  return {
    status: 202,
    headers: {
      location: urls.result(operation),
      'azure-asyncoperation': urls.status(operation),
      'retry-after': RETRY_AFTER_SECONDS,
    },
  };
}

async function act(
  options: ProviderRouteOptions,
  target: { owner: ResourceId; namespace: string; parts: readonly string[]; name: string },
  call: ArmCall,
): Promise<ArmReply> {
  const { owner, namespace, parts, name } = target;
  const body: JsonObject = await call.body();
  const result =
    parts.length === 1
      ? await options.resources.actOnScope(owner, namespace, name, body, call.context)
      : await options.resources.act(owner, name, body, call.context);
  if (result.pending === undefined) return result;
  const operation = await options.operations.start(result.pending, { resourceId: owner.text });
  const urls = urlsFor(options, owner, call);
  return {
    status: 202,
    headers: {
      ...result.headers,
      location: urls.result(operation),
      'retry-after': RETRY_AFTER_SECONDS,
    },
  };
}

function urlsFor(options: ProviderRouteOptions, id: ResourceId, call: ArmCall): PollingUrls {
  const provider = options.registry.find(id.type);
  const type = provider?.type ?? id.type;
  return pollingUrls(
    call.context,
    id.subscriptionId,
    type.split('/')[0] ?? type,
    provider?.operationsName ?? 'operationStatuses',
  );
}

async function settlesWithin(done: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const settled = done.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** How an operation that outlived its process ended: by the state of its resource. */
export async function stateOfResource(
  resources: ResourceOperations,
  resourceId: string | undefined,
  context: Parameters<ResourceOperations['get']>[1],
): Promise<'Succeeded' | 'Failed' | 'Canceled'> {
  const id = resourceId === undefined ? undefined : parseResourceId(resourceId);
  if (id === undefined) return 'Canceled';
  try {
    const { provisioningState } = (await resources.get(id, context)).properties;
    return provisioningState === 'Failed' ? 'Failed' : 'Succeeded';
  } catch {
    return 'Succeeded'; // gone: what was in progress was its deletion
  }
}
