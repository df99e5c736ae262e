import type { FileModel, TargetScope } from '../semantics/symbols.js';
import type { ModuleSymbol, ResourceSymbol } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { findProperty, unwrap } from '../syntax/walk.js';

/** Where a resource or module is deployed. Absent parts are those of the file's own scope. */
export interface ScopeData {
  readonly kind: TargetScope | 'resource';
  readonly managementGroup?: Expression;
  readonly subscriptionId?: Expression;
  readonly resourceGroup?: Expression;
  /** The resource an extension resource extends, or the resource group a module goes to. */
  readonly resource?: ResourceSymbol;
  readonly index?: Expression;
}

/** A child has the scope of its outermost parent. */
export function scopeOf(symbol: ResourceSymbol | ModuleSymbol, model: FileModel): ScopeData {
  let root = symbol;
  while (root.kind === 'resource' && root.parent && root.parent.resource !== symbol)
    root = root.parent.resource;
  const property = findProperty(root.body, 'scope');
  const scope = property && parseScope(property.value, model);
  if (scope) return scope;
  // Resource groups and management groups stand outside the scope that deploys them.
  return { kind: model.targetScope };
}

/** Reads `resourceGroup('x')`, `subscription()`, `tenant()`, `managementGroup('x')` or a resource. */
export function parseScope(value: Expression, model: FileModel): ScopeData | undefined {
  const node = unwrap(value);
  const call = scopeCall(node, model);
  if (call) return scopeFromCall(call.name, call.args);
  const base = node.kind === 'arrayAccess' ? unwrap(node.base) : node;
  const resource = model.bindings.get(base);
  if (resource?.kind !== 'resource') return undefined;
  const index = node.kind === 'arrayAccess' ? { index: node.index } : {};
  if (resource.type.toLowerCase() !== 'microsoft.resources/resourcegroups')
    return { kind: 'resource', resource, ...index };
  const name = findProperty(resource.body, 'name')?.value;
  const own = scopeOf(resource, model);
  return {
    kind: 'resourceGroup',
    resource,
    ...(name ? { resourceGroup: name } : {}),
    ...(own.subscriptionId ? { subscriptionId: own.subscriptionId } : {}),
    ...index,
  };
}

function scopeCall(
  node: Expression,
  model: FileModel,
): { name: string; args: readonly Expression[] } | undefined {
  if (node.kind === 'call' && !model.bindings.has(node))
    return { name: node.name.name, args: node.args };
  if (node.kind === 'instanceCall' && model.bindings.get(unwrap(node.base))?.kind === 'namespace')
    return { name: node.name.name, args: node.args };
  return undefined;
}

function scopeFromCall(name: string, args: readonly Expression[]): ScopeData | undefined {
  const [first, second] = args;
  switch (name) {
    case 'tenant':
      return { kind: 'tenant' };
    case 'managementGroup':
      return { kind: 'managementGroup', ...(first ? { managementGroup: first } : {}) };
    case 'subscription':
      return { kind: 'subscription', ...(first ? { subscriptionId: first } : {}) };
    case 'resourceGroup':
      if (first && second)
        return { kind: 'resourceGroup', subscriptionId: first, resourceGroup: second };
      return { kind: 'resourceGroup', ...(first ? { resourceGroup: first } : {}) };
    default:
      return undefined;
  }
}
