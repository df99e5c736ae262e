import type { Json, JsonObject } from '../base/json.js';
import { armErrors, OLDEST_API_VERSION } from './errors.js';
import { checkLocation } from './location.js';
import type { Locks } from './providers/authorization/locks.js';
import type { ProviderRegistry } from './provider-registry.js';
import type {
  ActionResult,
  Preview,
  RequestContext,
  Resource,
  ResourceProvider,
  WriteResult,
} from './provider.js';
import type { ResourceGroups } from './resource-groups.js';
import {
  GROUP_TYPE,
  groupIdOf,
  isInside,
  parentOf,
  parseResourceId,
  subscriptionIdOf,
  withType,
  type ResourceId,
} from './resource-id.js';

/** Hears of every write through the resource manager, deployments' included. */
export type WriteObserver = (event: {
  operation: 'write' | 'delete' | 'action';
  /** Name of the action. */
  action?: string;
  id: ResourceId;
  context: RequestContext;
  /** Settles as the operation does. */
  outcome: Promise<unknown>;
}) => void;

interface Resolved {
  provider: ResourceProvider;
  /** With the type in the provider's letter case. */
  id: ResourceId;
}

/**
 * Everything that can be done to a resource, with the checks that are the same for all types. HTTP and
 * deployments both go through here.
 */
export class ResourceOperations {
  readonly #registry: ProviderRegistry;
  readonly #groups: ResourceGroups;
  readonly #subscriptionId: string;
  readonly #locks: Locks | undefined;
  readonly #observe: WriteObserver;
  /** Writes not yet accepted or refused, by the key of their group. */
  readonly #writing = new Map<string, Set<Promise<unknown>>>();

  constructor(options: {
    registry: ProviderRegistry;
    groups: ResourceGroups;
    subscriptionId: string;
    locks?: Locks;
    observe?: WriteObserver;
  }) {
    this.#registry = options.registry;
    this.#groups = options.groups;
    this.#subscriptionId = options.subscriptionId;
    this.#locks = options.locks;
    this.#observe = options.observe ?? (() => undefined);
  }

  /** @throws ArmError ResourceNotFound, ResourceGroupNotFound, SubscriptionNotFound, InvalidResourceType */
  async get(id: ResourceId, context: RequestContext): Promise<Resource> {
    const resolved = await this.#resolve(id, context);
    await this.#requireScope(resolved.id);
    const resource = await resolved.provider.get(resolved.id, context);
    if (resource !== undefined) return resource;
    throw resolved.provider.notFound?.(resolved.id) ?? armErrors.resourceNotFound(resolved.id);
  }

  /** @param scope a subscription, a group, the parent of a nested type, or what an extension is attached to */
  async list(type: string, scope: ResourceId, context: RequestContext): Promise<Resource[]> {
    const provider = this.#provider(type, context);
    await this.#requireScope(scope);
    await this.#requireResource(scope, context);
    return provider.list(await this.#canonical(scope), context);
  }

  /** @throws ArmError what `get` throws of the group and parent, and the provider's own */
  put(id: ResourceId, body: JsonObject, context: RequestContext): Promise<WriteResult> {
    return this.#tracked(id, () => this.#put(id, body, context));
  }

  patch(id: ResourceId, body: JsonObject, context: RequestContext): Promise<WriteResult> {
    return this.#tracked(id, () => this.#patch(id, body, context));
  }

  /** Resolves when each write that has begun in the group is accepted or refused. */
  async writesIn(group: ResourceId): Promise<void> {
    await Promise.allSettled([...(this.#writing.get(group.key) ?? [])]);
  }

  /** What a PUT would change; undefined when there is no such resource, or its type can't tell. */
  async preview(
    id: ResourceId,
    body: JsonObject,
    context: RequestContext,
  ): Promise<Preview | undefined> {
    const { provider, id: canonical } = await this.#resolve(id, context);
    return provider.preview?.(canonical, body, context);
  }

  async #put(id: ResourceId, body: JsonObject, context: RequestContext): Promise<WriteResult> {
    const resolved = await this.#resolve(id, context);
    const { provider } = resolved;
    if (provider.put === undefined) throw armErrors.notImplemented(`PUT ${provider.type}`);
    await this.#requireWritableScope(resolved.id, context);
    await this.#locks?.check('write', resolved.id);
    await checkLocation(provider, resolved.id, body, context);
    return this.#observed('write', resolved.id, context, provider.put(resolved.id, body, context));
  }

  async #patch(id: ResourceId, body: JsonObject, context: RequestContext): Promise<WriteResult> {
    const { provider, id: canonical } = await this.#resolve(id, context);
    if (provider.patch === undefined) throw armErrors.notImplemented(`PATCH ${provider.type}`);
    await this.#requireWritableScope(canonical, context);
    await this.#locks?.check('write', canonical);
    return this.#observed('write', canonical, context, provider.patch(canonical, body, context));
  }

  /** @returns false when there was nothing to delete. */
  async delete(
    id: ResourceId,
    context: RequestContext,
  ): Promise<{ done: Promise<void>; resource: Resource } | false> {
    const { provider, id: canonical } = await this.#resolve(id, context);
    if (provider.delete === undefined) throw armErrors.notImplemented(`DELETE ${provider.type}`);
    await this.#requireScope(canonical);
    const resource = await provider.get(canonical, context);
    if (resource === undefined) return false;
    await this.#locks?.check('delete', canonical);
    const done = provider
      .delete(canonical, context)
      .then(() => this.#deleteAttached(canonical, context));
    this.#observe({ operation: 'delete', id: canonical, context, outcome: done });
    return { done, resource };
  }

  /** POST on a resource. @param name in any letter case */
  async act(
    id: ResourceId,
    name: string,
    body: JsonObject,
    context: RequestContext,
  ): Promise<ActionResult> {
    const { provider, id: canonical } = await this.#resolve(id, context);
    const action = provider.actions?.[name.toLowerCase()];
    if (action === undefined) throw armErrors.notImplemented(`POST ${provider.type}/${name}`);
    await this.#requireScope(canonical);
    const outcome = action(canonical, body, context);
    this.#observe({ operation: 'action', action: name, id: canonical, context, outcome });
    return outcome;
  }

  /** GET of something of a resource that is no resource itself. @param name in any letter case */
  async query(id: ResourceId, name: string, context: RequestContext): Promise<ActionResult> {
    const { provider, id: canonical } = await this.#resolve(id, context);
    const query = provider.queries?.[name.toLowerCase()];
    if (query === undefined) throw armErrors.notImplemented(`GET ${provider.type}/${name}`);
    await this.#requireScope(canonical);
    return query(canonical, {}, context);
  }

  /** POST on a subscription or group, under a namespace: `…/providers/Microsoft.ContainerRegistry/checkNameAvailability`. */
  async actOnScope(
    scope: ResourceId,
    namespaceName: string,
    name: string,
    body: JsonObject,
    context: RequestContext,
  ): Promise<ActionResult> {
    await this.#requireScope(scope);
    const namespace = this.#registry.namespace(namespaceName);
    if (namespace === undefined) throw armErrors.invalidNamespace(namespaceName);
    for (const provider of this.#registry.inNamespace(namespace)) {
      const action = provider.scopeActions?.[name.toLowerCase()];
      if (action !== undefined) return action(scope, body, context);
    }
    throw armErrors.notImplemented(`POST ${namespace}/${name}`);
  }

  /** What `list*()` of a template gives. */
  async listFunction(
    id: ResourceId,
    name: string,
    body: Json | undefined,
    context: RequestContext,
  ): Promise<Json> {
    const given = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
    await this.get(id, context);
    return (await this.act(id, name, given, context)).body ?? null;
  }

  /** Counted before the group is looked at: a deletion of it then waits, or the write sees the deletion. */
  async #tracked<T>(id: ResourceId, write: () => Promise<T>): Promise<T> {
    if (id.resourceGroup === undefined) return write();
    const { key } = groupIdOf(id.subscriptionId, id.resourceGroup);
    const writes = this.#writing.get(key) ?? new Set();
    this.#writing.set(key, writes);
    const turn = write();
    writes.add(turn);
    try {
      return await turn;
    } finally {
      writes.delete(turn);
      if (writes.size === 0 && this.#writing.get(key) === writes) this.#writing.delete(key);
    }
  }

  async #resolve(id: ResourceId, context: RequestContext): Promise<Resolved> {
    const provider = this.#provider(id.type, context);
    return { provider, id: withType(await this.#canonical(id), provider.type) };
  }

  #provider(type: string, context: RequestContext): ResourceProvider {
    const provider = this.#registry.find(type);
    const { apiVersion } = context;
    if (provider !== undefined) {
      if (apiVersion >= OLDEST_API_VERSION) return provider;
      throw armErrors.noRegisteredProvider(provider.type, apiVersion, provider.apiVersions ?? []);
    }
    const namespace = type.split('/')[0] ?? '';
    if (this.#registry.namespace(namespace) === undefined)
      throw armErrors.invalidNamespace(namespace);
    throw armErrors.invalidType(type, context.apiVersion);
  }

  /** The group in the letter case it was created with. */
  async #canonical(id: ResourceId): Promise<ResourceId> {
    if (id.resourceGroup === undefined) return id;
    const group = await this.#groups.get(id.subscriptionId, id.resourceGroup);
    if (group === undefined || group.name === id.resourceGroup) return id;
    return renameGroup(id, group.name);
  }

  async #requireScope(id: ResourceId): Promise<void> {
    if (id.subscriptionId.toLowerCase() !== this.#subscriptionId && id.subscriptionId !== '') {
      throw armErrors.subscriptionNotFound(id.subscriptionId);
    }
    if (id.resourceGroup !== undefined) {
      await this.#groups.require(this.#subscriptionId, id.resourceGroup);
    }
  }

  async #requireWritableScope(id: ResourceId, context: RequestContext): Promise<void> {
    await this.#requireScope(id);
    if (id.resourceGroup !== undefined) {
      await this.#groups.requireWritable(this.#subscriptionId, id.resourceGroup);
    }
    const parent = parentOf(id);
    if (parent !== undefined) {
      const provider = this.#provider(parent.type, context);
      if ((await provider.get(parent, context)) === undefined) {
        throw armErrors.parentNotFound(id.type, parent);
      }
    } else if (id.scope !== undefined) await this.#requireResource(id.scope, context);
  }

  async #requireResource(id: ResourceId, context: RequestContext): Promise<void> {
    if (id.type === GROUP_TYPE || id.key === subscriptionIdOf(id.subscriptionId).key) return;
    await this.get(id, context);
  }

  async #deleteAttached(id: ResourceId, context: RequestContext): Promise<void> {
    const plain = { ...context, query: new URLSearchParams() };
    for (const provider of this.#registry.all().filter(({ extension }) => extension === true)) {
      for (const attached of await provider.list(id, plain)) {
        const attachedId = isInside(attached, id) ? parseResourceId(attached.id) : undefined;
        if (attachedId !== undefined) await provider.delete?.(attachedId, plain);
      }
    }
  }

  async #observed(
    operation: 'write',
    id: ResourceId,
    context: RequestContext,
    started: Promise<WriteResult>,
  ): Promise<WriteResult> {
    const outcome = started.then((result) => result.pending);
    this.#observe({ operation, id, context, outcome });
    outcome.catch(() => undefined); // the caller sees it through the result
    return started;
  }
}

function renameGroup(id: ResourceId, resourceGroup: string): ResourceId {
  const [, subscription = ''] = id.text.slice(1).split('/');
  const tail = id.text.split('/').slice(5);
  const text = ['', 'subscriptions', subscription, 'resourceGroups', resourceGroup, ...tail].join(
    '/',
  );
  return {
    ...id,
    text,
    key: text.toLowerCase(),
    resourceGroup,
    ...(id.scope === undefined ? {} : { scope: renameGroup(id.scope, resourceGroup) }),
    ...(id.type === GROUP_TYPE ? { names: [resourceGroup] } : {}),
  };
}
