/**
 * An address in the resource manager. Subscriptions and resource groups are resources too, of the
 * types `Microsoft.Resources/subscriptions` and `Microsoft.Resources/resourceGroups`.
 */
export interface ResourceId {
  /** e.g. `'/subscriptions/…/resourceGroups/rg/providers/Microsoft.App/containerApps/ca'`, letter case of names as given. */
  text: string;
  /** The same in lower case: ids compare without case. */
  key: string;
  /** Empty for a resource of the tenant. */
  subscriptionId: string;
  resourceGroup?: string;
  /** e.g. `'Microsoft.App/containerApps/revisions'` */
  type: string;
  /** One name for each segment of the type after the namespace, e.g. `['ca', 'ca--0000001']`. */
  names: string[];
  /** What an extension resource is attached to, when that is a resource of a provider. */
  scope?: ResourceId;
}

/** One `/providers/{namespace}/{type}/{name}…` stretch of a path. */
interface ProviderStretch {
  namespace: string;
  /** type, name, type, name… */
  parts: string[];
}

/** A path cut at its `/providers/` segments; nothing is judged yet. */
export interface ResourcePath {
  subscriptionId: string;
  resourceGroup?: string;
  providers: ProviderStretch[];
  /** Segments that follow the subscription or group but are no provider's, e.g. `['resources']`. */
  rest: string[];
}

export const SUBSCRIPTION_TYPE = 'Microsoft.Resources/subscriptions';
export const GROUP_TYPE = 'Microsoft.Resources/resourceGroups';

/**
 * Reads a resource id.
 *
 * @param text e.g. `'/subscriptions/s/resourcegroups/rg/providers/microsoft.app/containerapps/ca'`
 * @returns undefined when the text is not the id of one resource (a collection is none).
 */
export function parseResourceId(text: string): ResourceId | undefined {
  const path = parseResourcePath(text);
  if (path === undefined || path.rest.length > 0) return undefined;
  return resourceIdOf(path);
}

/** The id a path names, or undefined when it ends in a type or has no subscription, group or provider. */
export function resourceIdOf(path: ResourcePath): ResourceId | undefined {
  let current = rootId(path);
  for (const { namespace, parts } of path.providers) {
    if (parts.length === 0 || parts.length % 2 !== 0) return undefined;
    current = extend(current, path, namespace, parts);
  }
  return current;
}

/** Cuts a path without judging it; undefined when it can't be a path of the resource manager. */
export function parseResourcePath(text: string): ResourcePath | undefined {
  if (!text.startsWith('/')) return undefined;
  const segments = text.split('/').filter((segment) => segment !== '');
  let next = 0;
  const path: ResourcePath = { subscriptionId: '', providers: [], rest: [] };
  if (same(segments[0], 'subscriptions')) {
    if (segments[1] === undefined) return undefined;
    path.subscriptionId = segments[1];
    next = 2;
    if (same(segments[2], 'resourceGroups') && segments[3] !== undefined) {
      path.resourceGroup = segments[3];
      next = 4;
    }
  }
  while (same(segments[next], 'providers')) {
    const namespace = segments[next + 1];
    if (namespace === undefined) return undefined;
    const parts = takeParts(segments, next + 2);
    path.providers.push({ namespace, parts });
    next += 2 + parts.length;
  }
  path.rest = segments.slice(next);
  return path;
}

/** The id of a subscription. */
export function subscriptionIdOf(subscriptionId: string): ResourceId {
  return make(`/subscriptions/${subscriptionId}`, {
    subscriptionId,
    type: SUBSCRIPTION_TYPE,
    names: [subscriptionId],
  });
}

/** The id of a resource group. */
export function groupIdOf(subscriptionId: string, resourceGroup: string): ResourceId {
  return make(`/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`, {
    subscriptionId,
    resourceGroup,
    type: GROUP_TYPE,
    names: [resourceGroup],
  });
}

/** What the resource is in: its parent for a nested type, else what it extends, its group or its subscription. */
export function containerOf(id: ResourceId): ResourceId | undefined {
  if (id.type === GROUP_TYPE) return subscriptionIdOf(id.subscriptionId);
  if (id.names.length > 1) return parentOf(id);
  if (id.scope !== undefined) return id.scope;
  return rootId(id);
}

/** The resource a nested one lives in, or undefined for a top-level type. */
export function parentOf(id: ResourceId): ResourceId | undefined {
  if (id.names.length < 2) return undefined;
  const [namespace = '', ...types] = id.type.split('/');
  const parts = types.slice(0, -1).flatMap((type, index) => [type, id.names[index] ?? '']);
  return extend(id.scope ?? rootId(id), id, namespace, parts);
}

/** The same resource with the type in the letter case its provider uses. */
export function withType(id: ResourceId, type: string): ResourceId {
  const [namespace = '', ...types] = type.split('/');
  const parts = types.flatMap((segment, index) => [segment, id.names[index] ?? '']);
  return extend(id.scope ?? rootId(id), id, namespace, parts);
}

/** The id of a resource in a scope, e.g. `childId(group, 'Microsoft.App/containerApps', ['ca'])`. */
export function childId(scope: ResourceId, type: string, names: readonly string[]): ResourceId {
  const [namespace = '', ...types] = type.split('/');
  const parts = types.flatMap((segment, index) => [segment, names[index] ?? '']);
  return extend(scope, scope, namespace, parts);
}

/** The last name: what the resource itself is called. */
export function nameOf(id: ResourceId): string {
  return id.names.at(-1) ?? '';
}

/** Whether the id is that of a subscription or a group rather than of a provider's resource. */
export function isRootScope(id: ResourceId): boolean {
  return id.type === SUBSCRIPTION_TYPE || id.type === GROUP_TYPE;
}

/** Whether a resource lies in a scope, however deep. */
export function isInside(resource: { id: string }, scope: ResourceId): boolean {
  return resource.id.toLowerCase().startsWith(`${scope.key}/`);
}

function extend(
  scope: ResourceId | undefined,
  root: { subscriptionId: string; resourceGroup?: string },
  namespace: string,
  parts: readonly string[],
): ResourceId {
  const types = parts.filter((_, index) => index % 2 === 0);
  return make(`${scope?.text ?? ''}/providers/${[namespace, ...parts].join('/')}`, {
    subscriptionId: root.subscriptionId,
    ...(root.resourceGroup === undefined ? {} : { resourceGroup: root.resourceGroup }),
    type: [namespace, ...types].join('/'),
    names: parts.filter((_, index) => index % 2 === 1),
    ...(scope === undefined || isRootScope(scope) ? {} : { scope }),
  });
}

function rootId(root: { subscriptionId: string; resourceGroup?: string }): ResourceId | undefined {
  if (root.subscriptionId === '') return undefined;
  return root.resourceGroup === undefined
    ? subscriptionIdOf(root.subscriptionId)
    : groupIdOf(root.subscriptionId, root.resourceGroup);
}

function make(text: string, rest: Omit<ResourceId, 'text' | 'key'>): ResourceId {
  return { text, key: text.toLowerCase(), ...rest };
}

function takeParts(segments: readonly string[], start: number): string[] {
  let end = start;
  while (end < segments.length) {
    // `providers` where a type is due starts the next stretch; where a name is due it is a name
    if ((end - start) % 2 === 0 && same(segments[end], 'providers')) break;
    end += 1;
  }
  return segments.slice(start, end);
}

function same(segment: string | undefined, expected: string): boolean {
  return segment?.toLowerCase() === expected.toLowerCase();
}
