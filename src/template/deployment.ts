import type { JsonObject } from '../base/json.js';
import type {
  DeploymentPlan,
  DeploymentScope,
  EvaluatedResource,
  ParameterValues,
  TemplateRuntime,
} from './deployment-plan.js';

/**
 * Reads a template, binds its parameters, expands loops and conditions, computes ids and the dependency
 * graph. Never throws on user input: problems are in `plan.validationErrors`, all of them.
 */
export declare function prepareDeployment(
  template: unknown,
  parameters: ParameterValues,
  scope: DeploymentScope,
): DeploymentPlan;

/**
 * Evaluates the expressions of one resource of the plan. Calls of the runtime that an expression needs run in parallel.
 * @param key a `PlannedResource.key`
 * @throws TemplateError InvalidTemplate; whatever `runtime` throws
 */
export declare function evaluateResource(
  plan: DeploymentPlan,
  key: string,
  runtime: TemplateRuntime,
): Promise<EvaluatedResource>;

/**
 * Evaluates the outputs once every resource is done.
 * @returns `properties.outputs`, e.g. `{ appName: { type: 'String', value: 'ca' } }`; secure ones have no value
 * @throws TemplateError DeploymentOutputEvaluationFailed; whatever `runtime` throws
 */
export declare function evaluateOutputs(
  plan: DeploymentPlan,
  runtime: TemplateRuntime,
): Promise<JsonObject>;
