import { access, call, literal, type Expression as Arm } from '../../template/expression/ast.js';
import type { ModuleSymbol, ParentLink, ResourceSymbol } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { findProperty } from '../syntax/walk.js';
import {
  DEPLOYMENTS_API_VERSION,
  withLoop,
  type EmitContext,
  type Env,
  type ExpressionConverter,
} from './context.js';
import { scopeOf, type ScopeData } from './scopes.js';

const DEPLOYMENTS = 'Microsoft.Resources/deployments';
const MAX_DEPLOYMENT_NAME = 64;

/** Writes ids, names and `reference()` calls for resources and modules. */
export class ResourceIds {
  readonly #context: EmitContext;
  readonly #converter: ExpressionConverter;

  constructor(context: EmitContext, converter: ExpressionConverter) {
    this.#context = context;
    this.#converter = converter;
  }

  /** `a::b` for nested declarations. */
  symbolicName(resource: ResourceSymbol): string {
    const { parent } = resource;
    return parent?.nested
      ? `${this.symbolicName(parent.resource)}::${resource.name}`
      : resource.name;
  }

  symbolicReference(symbol: ResourceSymbol | ModuleSymbol, index: Arm | undefined): Arm {
    const name = symbol.kind === 'resource' ? this.symbolicName(symbol) : symbol.name;
    return index ? call('format', literal(`${name}[{0}]`), index) : literal(name);
  }

  /** One expression for each segment of the name. */
  nameSegments(resource: ResourceSymbol, env: Env): Arm[] {
    const segments = resource.type.split('/').length - 1;
    const ancestors = this.#ancestors(resource, env);
    const own = this.#name(resource, env);
    if (ancestors.length === 0) return segments === 1 ? [own] : splitName(own, segments);
    const firstLength = segments - ancestors.length;
    const names = ancestors.flatMap(({ resource: ancestor, env: ancestorEnv }, position) => {
      const name = this.#name(ancestor, ancestorEnv);
      return position === 0 && firstLength > 1 ? splitName(name, firstLength) : [name];
    });
    return [...names, own];
  }

  /** The `name` property as the template has it. */
  fullName(resource: ResourceSymbol, env: Env): Arm {
    if (!resource.parent) return this.#name(resource, env);
    const segments = this.nameSegments(resource, env);
    return call('format', literal(segments.map((_, index) => `{${index}}`).join('/')), ...segments);
  }

  fullId(resource: ResourceSymbol, env: Env): Arm {
    return this.#id(
      scopeOf(resource, this.#context.model),
      resource.type,
      this.nameSegments(resource, env),
      env,
    );
  }

  moduleId(module: ModuleSymbol, env: Env, index?: Arm): Arm {
    return this.#id(
      scopeOf(module, this.#context.model),
      DEPLOYMENTS,
      [this.moduleName(module, env, index)],
      env,
    );
  }

  moduleName(module: ModuleSymbol, env: Env, index?: Arm): Arm {
    const name = findProperty(module.body, 'name');
    return name ? this.#converter.convert(name.value, env) : generatedName(module, index);
  }

  reference(resource: ResourceSymbol, index: Arm | undefined, env: Env, full: boolean): Arm {
    const { symbolicNames } = this.#context;
    const whole = resource.loop && !index;
    const version = literal(resource.apiVersion);
    if (whole) {
      const loop = literal(this.symbolicName(resource));
      return full ? call('references', loop, literal('full')) : call('references', loop);
    }
    const target = symbolicNames
      ? this.symbolicReference(resource, index)
      : this.fullId(resource, withLoop(env, resource.loop, index));
    if (full) return call('reference', target, version, literal('full'));
    return symbolicNames ? call('reference', target) : call('reference', target, version);
  }

  moduleReference(module: ModuleSymbol, index: Arm | undefined, env: Env): Arm {
    if (module.loop && !index) return call('references', literal(module.name));
    if (this.#context.symbolicNames)
      return call('reference', this.symbolicReference(module, index));
    const id = this.moduleId(module, withLoop(env, module.loop, index), index);
    return call('reference', id, literal(DEPLOYMENTS_API_VERSION));
  }

  /** `resource.property`: what the compiler knows is written out, the rest is read at run time. */
  property(
    resource: ResourceSymbol,
    index: Arm | undefined,
    property: string,
    safe: boolean,
    env: Env,
  ): Arm {
    const inner = withLoop(env, resource.loop, index);
    const condition = safe ? resource.condition : undefined;
    const guard = (value: Arm): Arm =>
      condition
        ? call('if', this.#converter.convert(condition, inner), value, call('null'))
        : value;
    switch (property) {
      case 'id':
        return guard(this.fullId(resource, inner));
      case 'name':
        return guard(this.#name(resource, inner));
      case 'type':
        return literal(resource.type);
      case 'apiVersion':
        return literal(resource.apiVersion);
      case 'properties':
        if (!safe) return this.reference(resource, index, env, false);
        return call('tryGet', guard(this.reference(resource, index, env, true)), literal(property));
      default: {
        const reference = guard(this.reference(resource, index, env, true));
        return safe ? call('tryGet', reference, literal(property)) : access(reference, property);
      }
    }
  }

  moduleProperty(
    module: ModuleSymbol,
    index: Arm | undefined,
    property: string,
    safe: boolean,
    env: Env,
    secure = false,
  ): Arm {
    const inner = withLoop(env, module.loop, index);
    const condition = safe ? module.condition : undefined;
    const guard = (value: Arm): Arm =>
      condition
        ? call('if', this.#converter.convert(condition, inner), value, call('null'))
        : value;
    if (property === 'name') return guard(this.moduleName(module, inner, index));
    if (secure) {
      const target = this.#context.symbolicNames
        ? this.symbolicReference(module, index)
        : this.moduleId(module, inner, index);
      return guard(call('listOutputsWithSecureValues', target, literal(DEPLOYMENTS_API_VERSION)));
    }
    const reference = this.moduleReference(module, index, env);
    return safe ? call('tryGet', guard(reference), literal(property)) : access(reference, property);
  }

  #name(resource: ResourceSymbol, env: Env): Arm {
    const name = findProperty(resource.body, 'name');
    return name ? this.#converter.convert(name.value, env) : literal('');
  }

  /** Outermost first, each with the loop indexes that hold for it. */
  #ancestors(resource: ResourceSymbol, env: Env): { resource: ResourceSymbol; env: Env }[] {
    const chain: { resource: ResourceSymbol; env: Env }[] = [];
    let link: ParentLink | undefined = resource.parent;
    let at = env;
    while (link && chain.length < 32) {
      const index: Arm | undefined = link.index && this.#converter.convert(link.index, at);
      at = withLoop(at, link.resource.loop, index);
      chain.unshift({ resource: link.resource, env: at });
      link = link.resource.parent;
    }
    return chain;
  }

  #id(scope: ScopeData, type: string, names: Arm[], env: Env): Arm {
    const inner = this.scopeEnv(scope, env);
    const convert = (node: Expression): Arm => this.#converter.convert(node, inner);
    switch (scope.kind) {
      case 'tenant':
        return call('tenantResourceId', literal(type), ...names);
      case 'subscription':
        return call(
          'subscriptionResourceId',
          ...(scope.subscriptionId ? [convert(scope.subscriptionId)] : []),
          literal(type),
          ...names,
        );
      case 'managementGroup': {
        const id = scope.managementGroup
          ? call(
              'tenantResourceId',
              literal('Microsoft.Management/managementGroups'),
              convert(scope.managementGroup),
            )
          : access(call('managementGroup'), 'id');
        return call('extensionResourceId', id, literal(type), ...names);
      }
      case 'resource': {
        const target = scope.resource ? this.fullId(scope.resource, inner) : literal('');
        return call('extensionResourceId', target, literal(type), ...names);
      }
      case 'resourceGroup': {
        if (!scope.resourceGroup) return call('resourceId', literal(type), ...names);
        const subscription = scope.subscriptionId
          ? convert(scope.subscriptionId)
          : access(call('subscription'), 'subscriptionId');
        const group = call(
          'format',
          literal('/subscriptions/{0}/resourceGroups/{1}'),
          subscription,
          convert(scope.resourceGroup),
        );
        return call('extensionResourceId', group, literal(type), ...names);
      }
    }
  }

  /** The loop indexes that hold inside the resource a scope points to. */
  scopeEnv(scope: ScopeData, env: Env): Env {
    return withLoop(
      env,
      scope.resource?.loop,
      scope.index && this.#converter.convert(scope.index, env),
    );
  }
}

function splitName(name: Arm, count: number): Arm[] {
  return Array.from({ length: count }, (_, index) =>
    access(call('split', name, literal('/')), literal(index)),
  );
}

/** A module without a name is called after its symbol, short enough for a deployment. */
function generatedName(module: ModuleSymbol, index: Arm | undefined): Arm {
  const unique = call('uniqueString', literal(module.name), access(call('deployment'), 'name'));
  const parameters = module.loop ? [index ?? call('copyIndex'), unique] : [unique];
  const suffix = 13 + parameters.length + (module.loop ? 3 : 0);
  const prefix = module.name.slice(0, MAX_DEPLOYMENT_NAME - suffix);
  const places = parameters.map((_, position) => `-{${position}}`).join('');
  return call('format', literal(prefix + places), ...parameters);
}
