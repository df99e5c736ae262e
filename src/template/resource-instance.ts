import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import type { PlannedResource } from './deployment-plan.js';
import { evaluateValue, loopCount, withCopyIndex } from './evaluator.js';
import type { EvaluationContext } from './evaluation-context.js';
import { resourceGroupId, typeAndNames } from './resource-ids.js';
import { textOf } from './functions/definition.js';
import { TemplateError } from './template-error.js';
import { invalidTemplate } from './template-reader.js';

/** One resource of the plan, with what is needed to evaluate its body later. */
export interface ResourceInstance {
  readonly planned: PlannedResource;
  readonly definition: JsonObject;
  /** Has `copyIndex()` when the resource is in a loop. */
  readonly context: EvaluationContext;
  readonly loop?: {
    readonly name: string;
    readonly index: number;
    readonly batch: number | undefined;
  };
  readonly parentKey?: string;
}

interface Declaration {
  symbol?: string;
  definition: JsonObject;
  parent?: ResourceInstance;
}

const DEPLOYMENTS = 'microsoft.resources/deployments';

/** Expands one declaration into its instances: a loop gives many, children in its `resources` follow it. */
export function instantiate(
  declaration: Declaration,
  context: EvaluationContext,
  errors: TemplateError[],
): ResourceInstance[] {
  const { definition, symbol } = declaration;
  try {
    const copy = definition['copy'];
    const loops = isJsonObject(copy) ? loopContexts(copy, context) : [{ context }];
    return loops.flatMap((loop) => {
      const instance = guarded(errors, () => instantiateOne(declaration, loop));
      return instance ? [instance, ...children(instance, errors)] : [];
    });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    errors.push(located(error, symbol ?? textOf(definition['name'] ?? null)));
    return [];
  }
}

interface Loop {
  context: EvaluationContext;
  loop?: { name: string; index: number; batch: number | undefined };
}

function loopContexts(copy: JsonObject, context: EvaluationContext): Loop[] {
  const name = textOf(evaluateValue(copy['name'] ?? '', context));
  const count = loopCount(evaluateValue(copy['count'] ?? null, context), name);
  const serial = textOf(copy['mode'] ?? '').toLowerCase() === 'serial';
  const size = evaluateValue(copy['batchSize'] ?? 1, context);
  const batchSize = serial && typeof size === 'number' && size > 0 ? size : undefined;
  return Array.from({ length: count }, (_, index) => ({
    context: withCopyIndex(context, name, index),
    loop: {
      name,
      index,
      batch: batchSize === undefined ? undefined : Math.floor(index / batchSize),
    },
  }));
}

function instantiateOne(declaration: Declaration, { context, loop }: Loop): ResourceInstance {
  const { definition, symbol, parent } = declaration;
  const text = (property: string): string => {
    const value = evaluateValue(definition[property] ?? null, context);
    if (typeof value === 'string' && value !== '') return value;
    throw invalidTemplate(
      `The template resource '${symbol ?? textOf(definition['name'] ?? null)}' is not valid: the property '${property}' is required and must be a string. Please see https://aka.ms/arm-template/#resources for usage details.`,
    );
  };
  const type = parent ? `${parent.planned.type}/${text('type')}` : text('type');
  const name = parent ? `${parent.planned.name}/${text('name')}` : text('name');
  checkSegments(type, name);
  const targetScope = scopeOf(definition, context);
  const id = resourceId({ definition, context, type, name, targetScope });
  const condition = conditionOf(definition, name, context);
  const planned: PlannedResource = {
    key: keyOf(symbol, loop?.index, id),
    ...(symbol === undefined ? {} : { symbolicName: symbol }),
    id,
    type,
    name,
    apiVersion: text('apiVersion'),
    existing: definition['existing'] === true,
    condition: condition && (parent?.planned.condition ?? true),
    dependsOn: [],
    targetScope,
    ...(type.toLowerCase() === DEPLOYMENTS
      ? { nested: { expressionScope: expressionScope(definition) } }
      : {}),
  };
  return {
    planned,
    definition,
    context,
    ...(loop ? { loop } : {}),
    ...(parent ? { parentKey: parent.planned.key } : {}),
  };
}

function keyOf(symbol: string | undefined, index: number | undefined, id: string): string {
  if (symbol === undefined) return id.toLowerCase();
  return index === undefined ? symbol : `${symbol}[${index}]`;
}

function children(parent: ResourceInstance, errors: TemplateError[]): ResourceInstance[] {
  const nested = parent.definition['resources'];
  if (parent.planned.nested || !Array.isArray(nested)) return [];
  return nested
    .filter(isJsonObject)
    .flatMap((definition) => instantiate({ definition, parent }, parent.context, errors));
}

function checkSegments(type: string, name: string): void {
  if (type.split('/').length === name.split('/').length + 1) return;
  throw invalidTemplate(
    `The template resource '${name}' for type '${type}' has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name. A root resource type must have segment length one greater than its resource name. Please see https://aka.ms/arm-template/#resources for usage details.`,
  );
}

function scopeOf(
  definition: JsonObject,
  context: EvaluationContext,
): PlannedResource['targetScope'] {
  const { scope } = context;
  const text = (value: Json | undefined): string | undefined => {
    const evaluated = value === undefined ? undefined : evaluateValue(value, context);
    return typeof evaluated === 'string' ? evaluated : undefined;
  };
  const subscription = text(definition['subscriptionId']);
  const group = text(definition['resourceGroup']);
  const named = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?/i.exec(
    text(definition['scope']) ?? '',
  );
  if (named) return targetScope(named[1] ?? '', named[2]);
  const own = subscription === undefined ? scope.resourceGroup?.name : undefined;
  return targetScope(subscription ?? scope.subscriptionId, group ?? own);
}

function targetScope(
  subscriptionId: string,
  resourceGroup: string | undefined,
): PlannedResource['targetScope'] {
  return resourceGroup === undefined ? { subscriptionId } : { subscriptionId, resourceGroup };
}

interface IdInput {
  definition: JsonObject;
  context: EvaluationContext;
  type: string;
  name: string;
  targetScope: PlannedResource['targetScope'];
}

function resourceId({ definition, context, type, name, targetScope }: IdInput): string {
  const { subscriptionId, resourceGroup } = targetScope;
  if (type.toLowerCase() === 'microsoft.resources/resourcegroups')
    return resourceGroupId(subscriptionId, name);
  const base =
    resourceGroup === undefined
      ? `/subscriptions/${subscriptionId}`
      : resourceGroupId(subscriptionId, resourceGroup);
  const scope =
    definition['scope'] === undefined ? undefined : evaluateValue(definition['scope'], context);
  const suffix = `/providers/${typeAndNames(type, name.split('/'))}`;
  if (
    typeof scope !== 'string' ||
    /^\/subscriptions\/[^/]+(\/resourceGroups\/[^/]+)?$/i.test(scope)
  )
    return base + suffix;
  if (scope === '/') return suffix;
  return (scope.startsWith('/') ? scope : `${base}/providers/${relativeScope(scope)}`) + suffix;
}

/** `'Microsoft.App/containerApps/ca'` as it stands in an id. */
function relativeScope(scope: string): string {
  return scope.replace(/^providers\//i, '');
}

/** The scope `inner` has to be asked for. */
function expressionScope(definition: JsonObject): 'inner' | 'outer' {
  const properties = definition['properties'];
  const options = isJsonObject(properties) ? properties['expressionEvaluationOptions'] : undefined;
  return isJsonObject(options) && textOf(options['scope'] ?? null).toLowerCase() === 'inner'
    ? 'inner'
    : 'outer';
}

function guarded<T>(errors: TemplateError[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    errors.push(error);
    return undefined;
  }
}

function located(error: TemplateError, resource: string): TemplateError {
  if (error.message.startsWith('Deployment template validation failed')) return error;
  return new TemplateError(
    error.code,
    `Unable to process template language expressions for resource '${resource}'. '${error.message}'`,
    { target: `resources.${resource}` },
  );
}

/** @throws TemplateError InvalidTemplate for what is no boolean; `'true'` and `'false'` are taken for theirs */
function conditionOf(definition: JsonObject, name: string, context: EvaluationContext): boolean {
  const { condition } = definition;
  if (condition === undefined) return true;
  const value = evaluateValue(condition, context);
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (word === 'true' || word === 'false') return word === 'true';
  throw new TemplateError(
    'InvalidTemplate',
    `The template resource '${name}' is not valid: its 'condition' must be a boolean, and it is '${JSON.stringify(value)}'.`,
  );
}
