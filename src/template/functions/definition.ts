import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import type { FunctionCall } from '../evaluation-context.js';
import type { Expression } from '../expression/ast.js';
import { TemplateError } from '../template-error.js';

/** A function of the template language whose arguments are evaluated first. */
export interface EagerFunction {
  readonly min: number;
  /** `Infinity` for any number. */
  readonly max: number;
  apply(args: readonly Json[], call: FunctionCall): Json;
}

/** A function that decides which arguments are evaluated: conditions, short circuits, lambdas. */
export interface LazyFunction {
  readonly min: number;
  readonly max: number;
  applyLazily(args: readonly Expression[], call: FunctionCall): Json;
}

export type FunctionDefinition = EagerFunction | LazyFunction;

export function fixed(count: number, apply: EagerFunction['apply']): EagerFunction {
  return { min: count, max: count, apply };
}

export function ranged(min: number, max: number, apply: EagerFunction['apply']): EagerFunction {
  return { min, max, apply };
}

/** The failure of one function, with the pointer to its documentation that Resource Manager adds. */
export function functionError(name: string, what: string): TemplateError {
  return new TemplateError(
    'InvalidTemplate',
    `Unable to evaluate template language function '${name}': ${what} Please see https://aka.ms/arm-functions/#${name} for usage details.`,
  );
}

/** Newtonsoft's names of JSON types, which Azure's messages use. */
export function jsonTypeName(value: Json | undefined): string {
  if (value === undefined || value === null) return 'Null';
  if (Array.isArray(value)) return 'Array';
  if (typeof value === 'object') return 'Object';
  if (typeof value === 'string') return 'String';
  if (typeof value === 'boolean') return 'Boolean';
  return Number.isInteger(value) ? 'Integer' : 'Float';
}

function wrongType(
  call: FunctionCall,
  position: number,
  expected: string,
  value: Json | undefined,
): TemplateError {
  return functionError(
    call.name,
    `the type of argument ${position + 1} must be '${expected}', the provided value is of type '${jsonTypeName(value)}'.`,
  );
}

export function stringAt(args: readonly Json[], position: number, call: FunctionCall): string {
  const value = args[position];
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return textOf(value);
  throw wrongType(call, position, 'String', value);
}

export function numberAt(args: readonly Json[], position: number, call: FunctionCall): number {
  const value = args[position];
  if (typeof value === 'number') return value;
  throw wrongType(call, position, 'Integer', value);
}

export function booleanAt(args: readonly Json[], position: number, call: FunctionCall): boolean {
  return asBoolean(args[position], position, call);
}

export function asBoolean(value: Json | undefined, position: number, call: FunctionCall): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongType(call, position, 'Boolean', value);
}

export function arrayAt(args: readonly Json[], position: number, call: FunctionCall): Json[] {
  const value = args[position];
  if (Array.isArray(value)) return value;
  throw wrongType(call, position, 'Array', value);
}

export function objectAt(args: readonly Json[], position: number, call: FunctionCall): JsonObject {
  const value = args[position];
  if (isJsonObject(value)) return value;
  throw wrongType(call, position, 'Object', value);
}

/** A scalar as `string()`, `concat()` and `format()` write it: booleans with a capital letter. */
export function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return '';
  return JSON.stringify(value);
}

/** The key of `object` that equals `name` without letter case; the exact one first. */
export function findKey(
  object: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(object).find((key) => key.toLowerCase() === lower);
}

/** Structural equality; property order does not count. */
export function deepEquals(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => deepEquals(item, b[index] ?? null));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && deepEquals(a[key] ?? null, b[key] ?? null))
  );
}
