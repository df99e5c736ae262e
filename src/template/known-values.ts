import { messageOf } from '../base/failure.js';
import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { ENGINE_PROPERTIES, settled, stateOf } from './deployment.js';
import type { DeploymentPlan, TemplateRuntime } from './deployment-plan.js';
import type { EvaluationContext } from './evaluation-context.js';
import {
  evaluateString,
  evaluateValue,
  isPropertyCopy,
  loopCount,
  withCopyIndex,
} from './evaluator.js';
import { isExpression } from './expression/parser.js';
import { textOf } from './functions/definition.js';
import { RuntimeValues } from './runtime-values.js';

/** Where in a body a value stands, e.g. `['properties', 'template', 'containers', 0, 'image']`. */
export type ValuePath = readonly (string | number)[];

/** A value that can't be told before the deployment runs. */
export interface UnknownValue {
  path: ValuePath;
  /** As the template has it, e.g. `"[reference('web').fqdn]"`. */
  expression: string;
  reason: string;
}

/** A resource's body as far as it is known; what is not stands as null in it. */
export interface KnownBody {
  body: JsonObject;
  unknown: readonly UnknownValue[];
  /** The declaration in the template, the same object. */
  definition: JsonObject;
}

/**
 * Evaluates a resource leaf by leaf before anything is deployed: a leaf whose expression fails, or needs
 * what `runtime` refuses, leaves the others alone.
 *
 * @param runtime rejects what it does not know
 */
export async function evaluateKnown(
  plan: DeploymentPlan,
  key: string,
  runtime: TemplateRuntime,
): Promise<KnownBody> {
  const { instances, index } = stateOf(plan);
  const instance = instances.get(key);
  if (!instance) throw new RangeError(`the plan has no resource '${key}'`);
  const { definition, context, planned } = instance;
  const visitor = new Visitor(() => new RuntimeValues(runtime, index));
  const own = Object.entries(definition).filter(
    ([name]) => !ENGINE_PROPERTIES.has(name.toLowerCase()),
  );
  const body = Object.fromEntries(own);
  const { properties } = body;
  const inner = planned.nested?.expressionScope === 'inner' && isJsonObject(properties);
  const kept = inner ? properties['template'] : undefined;
  const visible = inner ? { ...body, properties: { ...properties, template: null } } : body;
  const known = await visitor.visit(visible, context, []);
  const result = isJsonObject(known) ? known : {};
  if (kept !== undefined && isJsonObject(result['properties'])) {
    result['properties']['template'] = kept;
  }
  return { body: result, unknown: visitor.unknown, definition };
}

/** The outputs that are known before the deployment, as `reference()` of a deployment answers them. */
export async function evaluateKnownOutputs(
  plan: DeploymentPlan,
  runtime: TemplateRuntime,
): Promise<JsonObject> {
  const { sections, context, index } = stateOf(plan);
  const visitor = new Visitor(() => new RuntimeValues(runtime, index));
  const outputs: JsonObject = {};
  for (const [name, output] of Object.entries(sections.outputs)) {
    if (!isJsonObject(output) || output['value'] === undefined) continue;
    const before = visitor.unknown.length;
    const value = await visitor.visit(output['value'], context, [name]);
    if (visitor.unknown.length === before)
      outputs[name] = { type: output['type'] ?? 'String', value };
  }
  return outputs;
}

class Visitor {
  readonly unknown: UnknownValue[] = [];
  readonly #values: () => RuntimeValues;

  /** @param values gives each leaf its own look-ups, for one refusal would fail all that share it */
  constructor(values: () => RuntimeValues) {
    this.#values = values;
  }

  async visit(value: Json, context: EvaluationContext, path: ValuePath): Promise<Json> {
    if (typeof value === 'string') return this.#leaf(value, context, path);
    if (Array.isArray(value)) {
      const items: Json[] = [];
      for (const [index, item] of value.entries()) {
        items.push(await this.visit(item, context, [...path, index]));
      }
      return items;
    }
    return isJsonObject(value) ? this.#object(value, context, path) : value;
  }

  async #leaf(text: string, context: EvaluationContext, path: ValuePath): Promise<Json> {
    const runtime = this.#values();
    try {
      return await settled(runtime, () => evaluateString(text, { ...context, runtime }));
    } catch (error) {
      this.unknown.push({ path, expression: text, reason: messageOf(error) });
      return null;
    }
  }

  async #object(value: JsonObject, context: EvaluationContext, path: ValuePath): Promise<Json> {
    const result: JsonObject = {};
    for (const [key, member] of Object.entries(value)) {
      if (key.toLowerCase() === 'copy' && isPropertyCopy(member)) {
        for (const copy of member) Object.assign(result, await this.#copy(copy, context, path));
      } else {
        const name = isExpression(key) ? textOf(await this.#leaf(key, context, path)) : key;
        result[name] = await this.visit(member, context, [...path, name]);
      }
    }
    return result;
  }

  async #copy(copy: JsonObject, context: EvaluationContext, path: ValuePath): Promise<JsonObject> {
    const name = textOf(copy['name'] ?? null);
    const items: Json[] = [];
    try {
      const count = loopCount(evaluateValue(copy['count'] ?? 0, context), name);
      for (let index = 0; index < count; index++) {
        const inner = withCopyIndex(context, name, index);
        items.push(await this.visit(copy['input'] ?? null, inner, [...path, name, index]));
      }
    } catch (error) {
      const expression = textOf(copy['count'] ?? null);
      this.unknown.push({ path: [...path, name], expression, reason: messageOf(error) });
    }
    return { [name]: items };
  }
}
