import type { Json } from '../base/json.js';
import type { DeploymentScope } from './deployment-plan.js';
import type { Expression } from './expression/ast.js';

/** A `functions[].members` entry of a template. */
export interface UserFunction {
  readonly parameters: readonly string[];
  readonly output: Json;
}

/**
 * What `reference()` and `list*()` answer during evaluation, which is synchronous: a value already
 * fetched, or `NeedsRuntime` after the wish was recorded.
 */
export interface RuntimeLookup {
  reference(resource: string, apiVersion: string | undefined, full: boolean): Json;
  references(symbolicName: string, full: boolean): Json;
  list(
    functionName: string,
    resource: string,
    apiVersion: string | undefined,
    body: Json | undefined,
  ): Json;
  /** `resourceInfo()`: id, name, type, apiVersion of a resource of this template. */
  resourceInfo(symbolicName: string): Json;
}

/** Names an expression can refer to. Look-ups ignore letter case, as Resource Manager does. */
export interface EvaluationContext {
  readonly scope: DeploymentScope;
  /** @throws TemplateError for a name the template does not define */
  parameter(name: string): Json;
  variable(name: string): Json;
  copyIndex(loop: string | undefined): number;
  userFunction(name: string): UserFunction | undefined;
  /** Absent where Azure forbids `reference()`: parameters, variables, names, conditions, loop counts. */
  readonly runtime?: RuntimeLookup;
  /** The template as given, for `deployment().properties.template`. */
  readonly template: Json;
  readonly lambdaVariables?: ReadonlyMap<string, Json>;
}

/** Thrown by a `RuntimeLookup` whose answer is not there yet; evaluation is repeated once it is. */
export class NeedsRuntime extends Error {
  constructor() {
    super('a value of the running system is needed');
    this.name = 'NeedsRuntime';
  }
}

/** What a function sees besides its arguments. */
export interface FunctionCall {
  readonly name: string;
  readonly context: EvaluationContext;
  evaluate(expression: Expression, context: EvaluationContext): Json;
}
