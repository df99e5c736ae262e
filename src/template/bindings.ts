import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import type { DeploymentScope, ParameterValues } from './deployment-plan.js';
import { evaluateValue, loopCount, withCopyIndex } from './evaluator.js';
import type { EvaluationContext } from './evaluation-context.js';
import { findKey, textOf } from './functions/definition.js';
import { checkType, displayType, isSecureType, resolveSchema } from './parameter-types.js';
import { TemplateError } from './template-error.js';
import { invalidTemplate, type TemplateSections } from './template-reader.js';

/** Parameters and variables of one deployment, evaluated when first asked for. */
export class Bindings {
  readonly context: EvaluationContext;
  readonly #sections: TemplateSections;
  readonly #given: ParameterValues;
  readonly #parameters = new Map<string, Json>();
  readonly #variables = new Map<string, Json>();
  readonly #evaluating = new Set<string>();

  constructor(sections: TemplateSections, given: ParameterValues, scope: DeploymentScope) {
    this.#sections = sections;
    this.#given = given;
    this.context = {
      scope,
      template: sections.source,
      parameter: (name) => this.#parameter(name),
      variable: (name) => this.#variable(name),
      userFunction: (name) => sections.functions.get(name.toLowerCase()),
      copyIndex: () => {
        throw new TemplateError(
          'InvalidTemplate',
          "The template function 'copyIndex' is not expected at this location. The function can only be used in a resource with copy specified. Please see https://aka.ms/arm-copy for usage details.",
        );
      },
    };
  }

  /** Every problem of the parameters: missing, unknown, of the wrong type, out of bounds. */
  check(): TemplateError[] {
    const declared = this.#sections.parameters;
    const unknown = Object.keys(this.#given).filter(
      (name) => findKey(declared, name) === undefined,
    );
    const errors = unknown.length > 0 ? [unknownParameters(unknown, Object.keys(declared))] : [];
    for (const name of Object.keys(declared)) {
      try {
        this.#parameter(name);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        errors.push(error);
      }
    }
    return errors;
  }

  /** As GET answers them, without secure values. */
  describe(): JsonObject {
    const result: JsonObject = {};
    for (const name of Object.keys(this.#sections.parameters)) {
      const type = displayType(this.#schema(name)['type']) ?? 'Object';
      const value = this.#parameters.get(name.toLowerCase());
      result[name] = isSecureType(type) || value === undefined ? { type } : { type, value };
    }
    return result;
  }

  #schema(name: string): JsonObject {
    const declared = this.#sections.parameters[name];
    return resolveSchema(isJsonObject(declared) ? declared : {}, this.#sections.definitions);
  }

  #parameter(wanted: string): Json {
    const name = findKey(this.#sections.parameters, wanted);
    if (name === undefined)
      throw new TemplateError(
        'InvalidTemplate',
        `The template parameter '${wanted}' is not found. Please see https://aka.ms/arm-syntax-parameters for usage details.`,
      );
    return this.#once(this.#parameters, 'parameter', name, () => this.#bind(name));
  }

  #bind(name: string): Json {
    const schema = this.#schema(name);
    const given = this.#given[findKey(this.#given, name) ?? name]?.value;
    const value = given ?? this.#default(name, schema);
    // A default may break allowedValues through an expression, so it is checked like a given value.
    const problem = checkType(value, schema, this.#sections.definitions, name);
    if (problem) throw invalidTemplate(problem, `parameters.${name}`);
    return value;
  }

  #default(name: string, schema: JsonObject): Json {
    if (schema['defaultValue'] !== undefined)
      return evaluateValue(schema['defaultValue'], this.context);
    if (schema['nullable'] === true) return null;
    throw invalidTemplate(
      `The value for the template parameter '${name}' is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details.`,
      `parameters.${name}`,
    );
  }

  #variable(wanted: string): Json {
    const { variables } = this.#sections;
    const name = findKey(variables, wanted);
    if (name !== undefined)
      return this.#once(this.#variables, 'variable', name, () =>
        evaluateValue(variables[name] ?? null, this.context),
      );
    const copy = Array.isArray(variables['copy'])
      ? variables['copy']
          .filter(isJsonObject)
          .find((item) => textOf(item['name'] ?? null).toLowerCase() === wanted.toLowerCase())
      : undefined;
    if (!copy)
      throw new TemplateError(
        'InvalidTemplate',
        `The template variable '${wanted}' is not found. Please see https://aka.ms/arm-syntax-variables for usage details.`,
      );
    return this.#once(this.#variables, 'variable', wanted, () => this.#copied(copy, wanted));
  }

  #copied(copy: JsonObject, name: string): Json {
    const count = loopCount(evaluateValue(copy['count'] ?? 0, this.context), name);
    return Array.from({ length: count }, (_, index) =>
      evaluateValue(copy['input'] ?? null, withCopyIndex(this.context, name, index)),
    );
  }

  #once(cache: Map<string, Json>, kind: string, name: string, evaluate: () => Json): Json {
    const key = name.toLowerCase();
    const known = cache.get(key);
    if (known !== undefined) return known;
    const guard = `${kind} ${key}`;
    if (this.#evaluating.has(guard))
      throw new TemplateError(
        'InvalidTemplate',
        `Circular dependency detected: the template ${kind} '${name}' refers to itself. Please see https://aka.ms/arm-syntax-${kind}s for usage details.`,
      );
    this.#evaluating.add(guard);
    try {
      const value = evaluate();
      cache.set(key, value);
      return value;
    } finally {
      this.#evaluating.delete(guard);
    }
  }
}

function unknownParameters(unknown: readonly string[], declared: readonly string[]): TemplateError {
  return invalidTemplate(
    `The following parameters were supplied, but do not correspond to any parameters defined in the template: '${unknown.join(', ')}'. The parameters defined in the template are: '${declared.join(', ')}'. Please see https://aka.ms/arm-pass-parameter-values for usage details.`,
    'parameters',
  );
}
