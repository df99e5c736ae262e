import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { budget } from './evaluation-budget.js';
import { NeedsRuntime, type EvaluationContext, type FunctionCall } from './evaluation-context.js';
import type { AccessExpression, CallExpression, Expression } from './expression/ast.js';
import { isExpression, parseExpression, unescapeLiteral } from './expression/parser.js';
import { COLLECTION_FUNCTIONS } from './functions/collection.js';
import { DATE_FUNCTIONS } from './functions/date.js';
import {
  findKey,
  functionError,
  jsonTypeName,
  textOf,
  type FunctionDefinition,
} from './functions/definition.js';
import { LAMBDA_FUNCTIONS } from './functions/lambda.js';
import { LOGIC_FUNCTIONS } from './functions/logic.js';
import { NETWORK_FUNCTIONS } from './functions/network.js';
import { NUMBER_FUNCTIONS } from './functions/number.js';
import { LIST_FUNCTION, RESOURCE_FUNCTIONS } from './functions/resource.js';
import { SCOPE_FUNCTIONS } from './functions/scope.js';
import { STRING_FUNCTIONS } from './functions/string.js';
import { URI_FUNCTIONS } from './functions/uri.js';
import { TemplateError } from './template-error.js';

const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map(
  [
    STRING_FUNCTIONS,
    URI_FUNCTIONS,
    COLLECTION_FUNCTIONS,
    LAMBDA_FUNCTIONS,
    LOGIC_FUNCTIONS,
    NUMBER_FUNCTIONS,
    DATE_FUNCTIONS,
    NETWORK_FUNCTIONS,
    SCOPE_FUNCTIONS,
    RESOURCE_FUNCTIONS,
  ].flatMap((group) => Object.entries(group)),
);

/** Parsed expressions by text: a loop evaluates the same strings again and again. */
const parsed = new Map<string, Expression>();
const MAX_PARSED = 5_000;

/** Evaluates `expression`. @throws TemplateError InvalidTemplate; NeedsRuntime from the context's look-ups */
export function evaluateExpression(expression: Expression, context: EvaluationContext): Json {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'call':
      return evaluateCall(expression, context);
    case 'access':
      return evaluateAccess(expression, context);
  }
}

/** Evaluates a string of a template: an expression in brackets, or itself. */
export function evaluateString(text: string, context: EvaluationContext): Json {
  if (!isExpression(text)) return unescapeLiteral(text);
  let expression = parsed.get(text);
  if (!expression) {
    expression = parseExpression(text.slice(1, -1));
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(text, expression);
  }
  const whole = expression;
  return budget.spend(() => evaluateExpression(whole, context));
}

/**
 * Evaluates every string inside a value, keys too, and unrolls property loops (`copy`). When some leaves
 * need the running system the others are still visited, so that all wishes are known at once.
 * @throws NeedsRuntime after the visit
 */
export function evaluateValue(value: Json, context: EvaluationContext): Json {
  const waiting = { any: false };
  const result = visit(value, context, waiting);
  if (waiting.any) throw new NeedsRuntime();
  return result;
}

function visit(value: Json, context: EvaluationContext, waiting: { any: boolean }): Json {
  if (typeof value === 'string') {
    try {
      return evaluateString(value, context);
    } catch (error) {
      if (!(error instanceof NeedsRuntime)) throw error;
      waiting.any = true;
      return null;
    }
  }
  if (Array.isArray(value)) return value.map((item) => visit(item, context, waiting));
  if (!isJsonObject(value)) return value;
  const result: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (key.toLowerCase() === 'copy' && isPropertyCopy(member))
      Object.assign(
        result,
        unrollCopies(member, context, (input, inner) => visit(input, inner, waiting)),
      );
    else
      result[isExpression(key) ? textOf(evaluateString(key, context)) : unescapeLiteral(key)] =
        visit(member, context, waiting);
  }
  return result;
}

/** Whether a `copy` member is a property loop: `[{ name, count, input }]`. */
export function isPropertyCopy(value: Json): value is JsonObject[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (item) => isJsonObject(item) && 'name' in item && 'count' in item && 'input' in item,
    )
  );
}

/** `copy: [{ name, count, input }]` of variables and properties: each becomes an array under its name. */
export function unrollCopies(
  copies: readonly JsonObject[],
  context: EvaluationContext,
  evaluate: (input: Json, context: EvaluationContext) => Json,
): JsonObject {
  const result: JsonObject = {};
  for (const copy of copies) {
    const name = textOf(evaluateValue(copy['name'] ?? '', context));
    const count = loopCount(evaluateValue(copy['count'] ?? 0, context), name);
    result[name] = Array.from({ length: count }, (_, index) =>
      evaluate(copy['input'] ?? null, withCopyIndex(context, name, index)),
    );
  }
  return result;
}

/** @throws TemplateError InvalidTemplate for a count that is no whole number from 0 to 800 */
export function loopCount(count: Json, name: string): number {
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= 800)
    return count;
  throw new TemplateError(
    'InvalidTemplate',
    `The value of the copy count of '${name}' is '${JSON.stringify(count)}'. It must be a non-negative integer value and can't exceed '800'. Please see https://aka.ms/arm-resource-loops for usage details.`,
  );
}

/** The context inside a loop: `copyIndex()` and `copyIndex('name')` answer `index`. */
export function withCopyIndex(
  context: EvaluationContext,
  name: string,
  index: number,
): EvaluationContext {
  const lower = name.toLowerCase();
  return {
    ...context,
    copyIndex: (loop) =>
      loop === undefined || loop.toLowerCase() === lower ? index : context.copyIndex(loop),
  };
}

function evaluateCall(expression: CallExpression, context: EvaluationContext): Json {
  const { name, args } = expression;
  const lower = name.toLowerCase();
  budget.countCall(name);
  const definition =
    FUNCTIONS.get(lower) ?? (/^list[a-z]*$/.test(lower) ? LIST_FUNCTION : undefined);
  if (!definition) return callUserFunction(expression, context);
  if (args.length < definition.min || args.length > definition.max)
    throw functionError(
      name,
      `the function requires ${arity(definition)} while '${args.length}' were provided.`,
    );
  const result = budget.refusing(name, () => applyFunction(definition, expression, context));
  budget.weighResult(name, result);
  return result;
}

function applyFunction(
  definition: FunctionDefinition,
  { name, args }: CallExpression,
  context: EvaluationContext,
): Json {
  const call: FunctionCall = { name, context, evaluate: evaluateExpression };
  if ('applyLazily' in definition) return definition.applyLazily(args, call);
  const values = args.map((arg) => evaluateExpression(arg, context));
  budget.weigh(name, values); // what they make together may be as large as that
  return definition.apply(values, call);
}

function arity({ min, max }: FunctionDefinition): string {
  if (min === max) return `'${min}' argument(s)`;
  return max === Infinity ? `at least '${min}' argument(s)` : `'${min}' to '${max}' arguments`;
}

function callUserFunction({ name, args }: CallExpression, context: EvaluationContext): Json {
  const definition = context.userFunction(name);
  if (!definition)
    throw new TemplateError(
      'InvalidTemplate',
      `The template function '${name}' is not valid. Please see https://aka.ms/arm-functions for usage details.`,
    );
  if (args.length !== definition.parameters.length)
    throw functionError(
      name,
      `the function requires '${definition.parameters.length}' argument(s) while '${args.length}' were provided.`,
    );
  const values = new Map(
    definition.parameters.map((parameter, index) => {
      const arg = args[index];
      return [parameter.toLowerCase(), arg ? evaluateExpression(arg, context) : null];
    }),
  );
  return evaluateValue(definition.output, {
    ...context,
    parameter: (wanted) => {
      const value = values.get(wanted.toLowerCase());
      if (value === undefined)
        throw functionError(name, `the parameter '${wanted}' is not defined.`);
      return value;
    },
  });
}

function evaluateAccess(expression: AccessExpression, context: EvaluationContext): Json {
  const base = evaluateExpression(expression.base, context);
  const property = evaluateExpression(expression.property, context);
  if (Array.isArray(base) && typeof property === 'number') {
    const item = base[property];
    if (item !== undefined) return item;
    throw new TemplateError(
      'InvalidTemplate',
      `The language expression property array index '${property}' is out of bounds. Array has '${base.length}' elements. Please see https://aka.ms/arm-functions for usage details.`,
    );
  }
  if (isJsonObject(base) && typeof property === 'string') {
    const key = findKey(base, property);
    if (key !== undefined) return base[key] ?? null;
    throw new TemplateError(
      'InvalidTemplate',
      `The language expression property '${property}' doesn't exist, available properties are '${Object.keys(base).join(', ')}'.`,
    );
  }
  throw new TemplateError(
    'InvalidTemplate',
    `The language expression property '${textOf(property)}' can't be evaluated: the value is of type '${jsonTypeName(base)}'. Please see https://aka.ms/arm-functions for usage details.`,
  );
}
