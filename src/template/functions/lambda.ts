import type { Json, JsonObject } from '../../base/json.js';
import type { EvaluationContext, FunctionCall } from '../evaluation-context.js';
import type { Expression } from '../expression/ast.js';
import {
  arrayAt,
  asBoolean,
  functionError,
  objectAt,
  textOf,
  type FunctionDefinition,
  type LazyFunction,
} from './definition.js';

interface Lambda {
  readonly parameters: readonly string[];
  apply(...args: Json[]): Json;
}

/** `filter`, `map`, `reduce` and the other functions that take `lambda('x', …)`. */
export const LAMBDA_FUNCTIONS: Record<string, FunctionDefinition> = {
  filter: overArray((items, fn, call) =>
    items.filter((item, index) => asBoolean(fn.apply(item, index), 1, call)),
  ),
  map: overArray((items, fn) => items.map((item, index) => fn.apply(item, index))),
  sort: overArray((items, fn, call) =>
    items.toSorted((a, b) => {
      if (asBoolean(fn.apply(a, b), 1, call)) return -1;
      return asBoolean(fn.apply(b, a), 1, call) ? 1 : 0;
    }),
  ),
  groupby: {
    min: 2,
    max: 3,
    applyLazily: (args, call) => {
      const items = arrayAt([call.evaluate(argument(args, 0), call.context)], 0, call);
      const key = lambdaAt(args, 1, call);
      const value = args.length > 2 ? lambdaAt(args, 2, call) : undefined;
      const groups = new Map<string, Json[]>();
      for (const item of items) {
        const name = textOf(key.apply(item));
        const group = groups.get(name) ?? [];
        group.push(value ? value.apply(item) : item);
        groups.set(name, group);
      }
      return Object.fromEntries(groups);
    },
  },
  reduce: {
    min: 3,
    max: 3,
    applyLazily: (args, call) => {
      const values = args.slice(0, 2).map((arg) => call.evaluate(arg, call.context));
      const fn = lambdaAt(args, 2, call);
      return arrayAt(values, 0, call).reduce<Json>(
        (total, item, index) => fn.apply(total, item, index),
        values[1] ?? null,
      );
    },
  },
  toobject: {
    min: 2,
    max: 3,
    applyLazily: (args, call) => {
      const items = arrayAt([call.evaluate(argument(args, 0), call.context)], 0, call);
      const key = lambdaAt(args, 1, call);
      const value = args.length > 2 ? lambdaAt(args, 2, call) : undefined;
      return Object.fromEntries(
        items.map((item) => [textOf(key.apply(item)), value ? value.apply(item) : item]),
      );
    },
  },
  mapvalues: {
    min: 2,
    max: 2,
    applyLazily: (args, call) => {
      const object: JsonObject = objectAt(
        [call.evaluate(argument(args, 0), call.context)],
        0,
        call,
      );
      const fn = lambdaAt(args, 1, call);
      return Object.fromEntries(
        Object.entries(object).map(([name, value]) => [name, fn.apply(value)]),
      );
    },
  },
};

function overArray(apply: (items: Json[], fn: Lambda, call: FunctionCall) => Json): LazyFunction {
  return {
    min: 2,
    max: 2,
    applyLazily: (args, call) => {
      const items = arrayAt([call.evaluate(argument(args, 0), call.context)], 0, call);
      return apply(items, lambdaAt(args, 1, call), call);
    },
  };
}

/** The evaluator has counted the arguments before. */
function argument(args: readonly Expression[], position: number): Expression {
  return args[position] ?? { kind: 'literal', value: '' };
}

function lambdaAt(args: readonly Expression[], position: number, call: FunctionCall): Lambda {
  const expression = argument(args, position);
  if (expression.kind !== 'call' || expression.name.toLowerCase() !== 'lambda')
    throw functionError(call.name, `argument ${position + 1} must be a lambda.`);
  const parameters = expression.args
    .slice(0, -1)
    .map((arg) => textOf(call.evaluate(arg, call.context)));
  const body = argument(expression.args, expression.args.length - 1);
  return {
    parameters,
    apply: (...values) => call.evaluate(body, bind(call.context, parameters, values)),
  };
}

function bind(
  context: EvaluationContext,
  names: readonly string[],
  values: readonly Json[],
): EvaluationContext {
  const lambdaVariables = new Map(context.lambdaVariables);
  names.forEach((name, index) => lambdaVariables.set(name.toLowerCase(), values[index] ?? null));
  return { ...context, lambdaVariables };
}
