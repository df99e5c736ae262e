import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { Bindings } from './bindings.js';
import { findCycle, linkDependencies } from './dependencies.js';
import type {
  DeploymentPlan,
  DeploymentScope,
  EvaluatedResource,
  ParameterValues,
  TemplateRuntime,
} from './deployment-plan.js';
import { evaluateString, evaluateValue, loopCount, withCopyIndex } from './evaluator.js';
import { NeedsRuntime, type EvaluationContext } from './evaluation-context.js';
import { checkType, displayType, isSecureType, resolveSchema } from './parameter-types.js';
import { ResourceIndex } from './resource-index.js';
import { instantiate, type ResourceInstance } from './resource-instance.js';
import { RuntimeValues } from './runtime-values.js';
import { TemplateError } from './template-error.js';
import { templateHash } from './template-hash.js';
import { invalidTemplate, readTemplate, type TemplateSections } from './template-reader.js';

/** What a plan keeps to itself for the evaluation of bodies and outputs. */
interface PlanState {
  sections: TemplateSections;
  context: EvaluationContext;
  instances: ReadonlyMap<string, ResourceInstance>;
  index: ResourceIndex;
}

const states = new WeakMap<DeploymentPlan, PlanState>();

/** What steers the engine and is not sent to the resource provider. */
export const ENGINE_PROPERTIES: ReadonlySet<string> = new Set([
  'name',
  'type',
  'apiversion',
  'dependson',
  'condition',
  'copy',
  'comments',
  'existing',
  'resources',
  'import',
  'extension',
  'metadata',
  '@options',
  'scope',
]);
const NESTED_SCOPE_PROPERTIES = new Set(['subscriptionid', 'resourcegroup']);

/**
 * Reads a template, binds its parameters, expands loops and conditions, computes ids and the dependency
 * graph. Never throws on user input: problems are in `plan.validationErrors`, all of them.
 */
export function prepareDeployment(
  template: unknown,
  parameters: ParameterValues,
  scope: DeploymentScope,
): DeploymentPlan {
  const { sections, errors } = readTemplate(template);
  const bindings = new Bindings(sections, parameters, scope);
  errors.push(...bindings.check());
  const instances = errors.length > 0 ? [] : planResources(sections, bindings.context, errors);
  const plan: DeploymentPlan = {
    resources: instances.map((instance) => instance.planned),
    validationErrors: errors,
    parameters: bindings.describe(),
    templateHash: templateHash(sections.source),
  };
  states.set(plan, {
    sections,
    context: bindings.context,
    instances: new Map(instances.map((instance) => [instance.planned.key, instance])),
    index: new ResourceIndex(instances),
  });
  return plan;
}

function planResources(
  sections: TemplateSections,
  context: EvaluationContext,
  errors: TemplateError[],
): ResourceInstance[] {
  const declared = sections.resources.flatMap((resource) => instantiate(resource, context, errors));
  if (errors.length > 0) return declared;
  checkDuplicates(declared, errors);
  const linked = linkDependencies(declared, new ResourceIndex(declared), errors);
  const cycle = findCycle(linked);
  if (cycle !== undefined)
    errors.push(
      invalidTemplate(
        `Circular dependency detected on resource: '${cycle}'. Please see https://aka.ms/arm-template/#resources for usage details.`,
      ),
    );
  return linked;
}

function checkDuplicates(instances: readonly ResourceInstance[], errors: TemplateError[]): void {
  const seen = new Set<string>();
  for (const { planned } of instances) {
    if (!planned.condition || planned.existing) continue;
    const key = planned.id.toLowerCase();
    if (seen.has(key))
      errors.push(
        invalidTemplate(
          `The resource '${planned.type}/${planned.name}' is defined multiple times in a template. Please see https://aka.ms/arm-template/#resources for usage details.`,
        ),
      );
    seen.add(key);
  }
}

/**
 * Evaluates the expressions of one resource of the plan. Calls of the runtime that an expression needs run in parallel.
 * @param key a `PlannedResource.key`
 * @throws TemplateError InvalidTemplate; whatever `runtime` throws
 */
export async function evaluateResource(
  plan: DeploymentPlan,
  key: string,
  runtime: TemplateRuntime,
): Promise<EvaluatedResource> {
  const state = stateOf(plan);
  const instance = state.instances.get(key);
  if (!instance) throw new RangeError(`the plan has no resource '${key}'`);
  const { id, type, name, apiVersion } = instance.planned;
  const values = new RuntimeValues(runtime, state.index);
  const context = { ...instance.context, runtime: values };
  try {
    const body = await settled(values, () => evaluateBody(instance, context));
    return { id, type, name, apiVersion, body };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TemplateError(
      error.code,
      `Unable to process template language expressions for resource '${id}'. '${error.message}'`,
      { target: id },
    );
  }
}

function evaluateBody(instance: ResourceInstance, context: EvaluationContext): JsonObject {
  const { definition, planned } = instance;
  const entries = Object.entries(definition).filter(([name]) => {
    const lower = name.toLowerCase();
    return !ENGINE_PROPERTIES.has(lower) && !(planned.nested && NESTED_SCOPE_PROPERTIES.has(lower));
  });
  const body = Object.fromEntries(entries);
  const properties = body['properties'];
  const inner = planned.nested?.expressionScope === 'inner' && isJsonObject(properties);
  if (!inner) return asObject(evaluateValue(body, context));
  // The nested template's expressions belong to the nested deployment.
  const { template, ...outer } = properties;
  const result = asObject(evaluateValue({ ...body, properties: outer }, context));
  const evaluated = asObject(result['properties'] ?? {});
  return { ...result, properties: template === undefined ? evaluated : { ...evaluated, template } };
}

/**
 * Evaluates the outputs once every resource is done.
 * @returns `properties.outputs`, e.g. `{ appName: { type: 'String', value: 'ca' } }`; secure ones have no value
 * @throws TemplateError DeploymentOutputEvaluationFailed; whatever `runtime` throws
 */
export async function evaluateOutputs(
  plan: DeploymentPlan,
  runtime: TemplateRuntime,
): Promise<JsonObject> {
  const { sections, context, index } = stateOf(plan);
  const values = new RuntimeValues(runtime, index);
  const withRuntime = { ...context, runtime: values };
  const outputs = await Promise.all(
    Object.entries(sections.outputs).map(async ([name, output]) => {
      const evaluated = await evaluateOutput(name, asObject(output), sections, withRuntime, values);
      return evaluated === undefined ? [] : [[name, evaluated] as const];
    }),
  );
  return Object.fromEntries(outputs.flat());
}

async function evaluateOutput(
  name: string,
  output: JsonObject,
  sections: TemplateSections,
  context: EvaluationContext,
  values: RuntimeValues,
): Promise<JsonObject | undefined> {
  const schema = resolveSchema(output, sections.definitions);
  const type = displayType(schema['type']) ?? 'Object';
  try {
    const value = await settled(values, () => outputValue(name, output, context));
    if (value === undefined) return undefined;
    const problem = checkType(value, schema, sections.definitions, name);
    if (problem && value !== null) throw new TemplateError('InvalidTemplate', problem);
    return isSecureType(type) ? { type } : { type, value };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TemplateError(
      'DeploymentOutputEvaluationFailed',
      `Unable to evaluate template outputs: '${name}'. Please see error details and deployment operations. Please see https://aka.ms/arm-common-errors for usage details. ${error.message}`,
      { target: name },
    );
  }
}

function outputValue(
  name: string,
  output: JsonObject,
  context: EvaluationContext,
): Json | undefined {
  if (output['condition'] !== undefined && evaluateValue(output['condition'], context) !== true)
    return undefined;
  const { copy } = output;
  if (!isJsonObject(copy)) return evaluateValue(output['value'] ?? null, context);
  const count = loopCount(evaluateValue(copy['count'] ?? 0, context), name);
  const inputs = Array.from({ length: count }, (_, index) => withCopyIndex(context, name, index));
  return everyValue(inputs, copy['input'] ?? null);
}

/** Each index on its own, so that the wishes of all are known before the first fetch. */
function everyValue(contexts: readonly EvaluationContext[], input: Json): Json[] {
  let waiting: NeedsRuntime | undefined;
  const results = contexts.map((context) => {
    try {
      return typeof input === 'string'
        ? evaluateString(input, context)
        : evaluateValue(input, context);
    } catch (error) {
      if (!(error instanceof NeedsRuntime)) throw error;
      waiting = error;
      return null;
    }
  });
  if (waiting) throw waiting;
  return results;
}

/** Repeats an evaluation until everything that it asks the running system for is there. */
export async function settled<T>(values: RuntimeValues, evaluate: () => T): Promise<T> {
  for (;;) {
    try {
      return evaluate();
    } catch (error) {
      if (!(error instanceof NeedsRuntime)) throw error;
      await values.fetch();
    }
  }
}

/** @throws TypeError for a plan that was not made here */
export function stateOf(plan: DeploymentPlan): PlanState {
  const state = states.get(plan);
  if (!state) throw new TypeError('the plan does not come from prepareDeployment()');
  return state;
}

function asObject(value: Json): JsonObject {
  return isJsonObject(value) ? value : {};
}
