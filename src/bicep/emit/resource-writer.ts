import type { Json, JsonObject } from '../../base/json.js';
import { access, call, literal, type Expression as Arm } from '../../template/expression/ast.js';
import type { FileModel } from '../semantics/symbols.js';
import type { ModuleSymbol, ResourceSymbol } from '../semantics/symbols.js';
import type { Expression, ForNode, ObjectNode } from '../syntax/nodes.js';
import { findProperty, keyText, unwrap } from '../syntax/walk.js';
import { DEPLOYMENTS_API_VERSION, ROOT_ENV, type EmitContext } from './context.js';
import type { Converter } from './converter.js';
import { findDecorator } from './decorators.js';
import { Dependencies } from './dependencies.js';
import { scopeOf, type ScopeData } from './scopes.js';
import { ValueWriter, writeExpression } from './values.js';

const RESOURCE_OMIT = new Set(['name', 'parent', 'scope', 'dependsOn']);
const MODULE_OMIT = new Set(['params', 'scope', 'dependsOn', 'name']);

/** Writes the `resources` section: resources, and modules as nested deployments. */
export class ResourceWriter {
  readonly #context: EmitContext;
  readonly #converter: Converter;
  readonly #values: ValueWriter;
  readonly #dependencies: Dependencies;
  readonly #nestedTemplate: (model: FileModel) => Json;

  constructor(
    context: EmitContext,
    converter: Converter,
    nestedTemplate: (model: FileModel) => Json,
  ) {
    this.#context = context;
    this.#converter = converter;
    this.#values = new ValueWriter(converter);
    this.#dependencies = new Dependencies(context, converter);
    this.#nestedTemplate = nestedTemplate;
  }

  write(): Json {
    const { model, symbolicNames } = this.#context;
    if (!symbolicNames)
      return [
        ...model.resources
          .filter(({ existing }) => !existing)
          .map((resource) => this.#resource(resource)),
        ...model.modules.map((module) => this.#module(module)),
      ];
    return Object.fromEntries([
      ...model.resources.map((resource) => [
        this.#converter.ids.symbolicName(resource),
        this.#resource(resource),
      ]),
      ...model.modules.map((module) => [module.name, this.#module(module)]),
    ]) as JsonObject;
  }

  #resource(resource: ResourceSymbol): JsonObject {
    const { statement, body, existing } = resource;
    const { loop, conditions } = enclosing(resource);
    return {
      ...this.#copy(this.#converter.ids.symbolicName(resource), loop, resource),
      ...this.#condition(conditions),
      ...(existing ? { existing: true } : {}),
      ...onlyIfNotExists(resource),
      type: resource.type,
      apiVersion: resource.apiVersion,
      ...this.#scope(scopeOf(resource, this.#context.model)),
      name: writeExpression(this.#converter.ids.fullName(resource, ROOT_ENV)),
      ...this.#body(body, RESOURCE_OMIT),
      ...this.#dependsOn(resource),
      ...this.#description(statement.decorators),
    };
  }

  #module(module: ModuleSymbol): JsonObject {
    const { statement, body, target } = module;
    const scope = scopeOf(module, this.#context.model);
    const parameters = this.#parameters(body);
    return {
      ...this.#copy(module.name, module.loop, module),
      ...this.#condition(module.condition ? [module.condition] : []),
      type: 'Microsoft.Resources/deployments',
      apiVersion: DEPLOYMENTS_API_VERSION,
      ...this.#body(body, MODULE_OMIT),
      name: writeExpression(this.#converter.ids.moduleName(module, ROOT_ENV)),
      ...this.#scope(scope),
      ...this.#location(scope),
      properties: {
        expressionEvaluationOptions: { scope: 'inner' },
        mode: 'Incremental',
        ...(parameters ? { parameters } : {}),
        template: target ? this.#nestedTemplate(target) : {},
      },
      ...this.#dependsOn(module),
      ...this.#description(statement.decorators),
    };
  }

  #body(body: ObjectNode, omit: ReadonlySet<string>): JsonObject {
    return this.#values.object(body, ROOT_ENV, omit);
  }

  #copy(
    name: string,
    loop: ForNode | undefined,
    symbol: ResourceSymbol | ModuleSymbol,
  ): JsonObject {
    if (!loop) return {};
    const size = findDecorator(symbol.statement.decorators, 'batchSize')?.args[0];
    const batch: JsonObject =
      size?.kind === 'literal' ? { mode: 'serial', batchSize: Number(size.value) } : {};
    return { copy: { ...this.#values.copyHead(name, loop, ROOT_ENV), ...batch } };
  }

  #condition(conditions: readonly Expression[]): JsonObject {
    const [first, ...rest] = conditions;
    if (!first) return {};
    if (rest.length === 0) return { condition: this.#values.value(first, ROOT_ENV) };
    const joined = rest.reduce<Arm>(
      (left, right) => call('and', left, this.#converter.convert(right, ROOT_ENV)),
      this.#converter.convert(first, ROOT_ENV),
    );
    return { condition: writeExpression(joined) };
  }

  #dependsOn(symbol: ResourceSymbol | ModuleSymbol): JsonObject {
    const dependsOn = this.#dependencies.of(symbol);
    return dependsOn.length > 0 ? { dependsOn } : {};
  }

  #description(decorators: ResourceSymbol['statement']['decorators']): JsonObject {
    const value = findDecorator(decorators, 'description')?.args[0];
    return value ? { metadata: { description: this.#values.value(value, ROOT_ENV) } } : {};
  }

  #scope(scope: ScopeData): JsonObject {
    const { ids } = this.#converter;
    const { targetScope } = this.#context.model;
    const env = ids.scopeEnv(scope, ROOT_ENV);
    const write = (node: Expression): Json => writeExpression(this.#converter.convert(node, env));
    switch (scope.kind) {
      case 'resource':
        return scope.resource ? { scope: writeExpression(ids.fullId(scope.resource, env)) } : {};
      case 'tenant':
        return targetScope === 'tenant' ? {} : { scope: '/' };
      case 'managementGroup': {
        if (!scope.managementGroup) return {};
        const name = this.#converter.convert(scope.managementGroup, env);
        const inside = targetScope === 'tenant' || targetScope === 'managementGroup';
        const type = 'Microsoft.Management/managementGroups';
        return {
          scope: writeExpression(
            inside
              ? call('format', literal(`${type}/{0}`), name)
              : call('tenantResourceId', literal(type), name),
          ),
        };
      }
      case 'subscription':
        if (scope.subscriptionId) return { subscriptionId: write(scope.subscriptionId) };
        return targetScope === 'resourceGroup'
          ? { subscriptionId: writeExpression(access(call('subscription'), 'subscriptionId')) }
          : {};
      case 'resourceGroup':
        return {
          ...(scope.subscriptionId ? { subscriptionId: write(scope.subscriptionId) } : {}),
          ...(scope.resourceGroup ? { resourceGroup: write(scope.resourceGroup) } : {}),
        };
    }
  }

  /** A deployment outside a resource group has a location of its own. */
  #location(scope: ScopeData): JsonObject {
    if (scope.kind === 'resourceGroup') return {};
    const source =
      this.#context.model.targetScope === 'resourceGroup' ? 'resourceGroup' : 'deployment';
    return { location: writeExpression(access(call(source), 'location')) };
  }

  #parameters(body: ObjectNode): JsonObject | undefined {
    const params = findProperty(body, 'params');
    const value = params && unwrap(params.value);
    if (value?.kind !== 'object') return undefined;
    const result: JsonObject = {};
    for (const member of value.properties) {
      if (member.kind === 'spread') continue;
      result[keyText(member) ?? ''] = this.#parameter(member.value);
    }
    return result;
  }

  #parameter(value: Expression): Json {
    if (value.kind === 'for') return { copy: [this.#values.copy('value', value, ROOT_ENV)] };
    const inner = unwrap(value);
    if (inner.kind === 'ternary' && hasSecret(inner))
      return writeExpression(this.#secretOrValue(inner));
    const secret =
      inner.kind === 'instanceCall' && inner.name.name === 'getSecret'
        ? this.#keyVault(inner)
        : undefined;
    return secret ? { reference: secret } : { value: this.#values.value(value, ROOT_ENV) };
  }

  #secretOrValue(node: Expression): Arm {
    if (node.kind === 'ternary')
      return call(
        'if',
        this.#converter.convert(node.condition, ROOT_ENV),
        this.#secretOrValue(node.whenTrue),
        this.#secretOrValue(node.whenFalse),
      );
    const secret =
      node.kind === 'instanceCall' && node.name.name === 'getSecret' ? node : undefined;
    if (!secret)
      return call('createObject', literal('value'), this.#converter.convert(node, ROOT_ENV));
    const [name, version] = secret.args.map((arg) => this.#converter.convert(arg, ROOT_ENV));
    const vault = this.#vaultId(secret.base);
    const parts = [
      literal('keyVault'),
      call('createObject', literal('id'), vault),
      literal('secretName'),
      name ?? literal(''),
    ];
    return call(
      'createObject',
      literal('reference'),
      call('createObject', ...parts, ...(version ? [literal('secretVersion'), version] : [])),
    );
  }

  #keyVault(node: Extract<Expression, { kind: 'instanceCall' }>): JsonObject {
    const [name, version] = node.args;
    return {
      keyVault: { id: writeExpression(this.#vaultId(node.base)) },
      secretName: name ? this.#values.value(name, ROOT_ENV) : '',
      ...(version ? { secretVersion: this.#values.value(version, ROOT_ENV) } : {}),
    };
  }

  #vaultId(base: Expression): Arm {
    const idOf: Expression = {
      kind: 'propertyAccess',
      base,
      name: { name: 'id', span: base.span },
      safe: false,
      span: base.span,
    };
    return this.#converter.convert(idOf, ROOT_ENV);
  }
}

function hasSecret(node: Expression): boolean {
  if (node.kind === 'ternary') return hasSecret(node.whenTrue) || hasSecret(node.whenFalse);
  return node.kind === 'instanceCall' && node.name.name === 'getSecret';
}

function onlyIfNotExists({ statement }: ResourceSymbol): JsonObject {
  return findDecorator(statement.decorators, 'onlyIfNotExists')
    ? { '@options': { onlyIfNotExists: [] } }
    : {};
}

/** The loop a resource is in and the conditions it stands under, those of the resources around it first. */
function enclosing(resource: ResourceSymbol): {
  loop: ForNode | undefined;
  conditions: Expression[];
} {
  const outer = resource.parent?.nested
    ? enclosing(resource.parent.resource)
    : { loop: undefined, conditions: [] };
  return {
    loop: resource.loop ?? outer.loop,
    conditions: [...outer.conditions, ...(resource.condition ? [resource.condition] : [])],
  };
}
