import type { Json } from '../../base/json.js';
import {
  asBoolean,
  booleanAt,
  deepEquals,
  fixed,
  functionError,
  jsonTypeName,
  ranged,
  type FunctionDefinition,
} from './definition.js';
import type { FunctionCall } from '../evaluation-context.js';

/** Logical and comparison functions. `if`, `and`, `or` and `coalesce` evaluate only what decides. */
export const LOGIC_FUNCTIONS: Record<string, FunctionDefinition> = {
  true: fixed(0, () => true),
  false: fixed(0, () => false),
  null: fixed(0, () => null),
  not: fixed(1, (args, call) => !booleanAt(args, 0, call)),
  bool: fixed(1, (args, call) => {
    const [value] = args;
    if (typeof value === 'boolean') return value;
    if (typeof value === 'number') return value !== 0;
    if (typeof value === 'string' && /^(true|false)$/i.test(value))
      return value.toLowerCase() === 'true';
    throw functionError(
      call.name,
      `the value '${JSON.stringify(value)}' can't be converted to a boolean.`,
    );
  }),
  if: {
    min: 3,
    max: 3,
    applyLazily: ([condition, yes, no], call) => {
      if (!condition || !yes || !no) return null;
      const met = asBoolean(call.evaluate(condition, call.context), 0, call);
      return call.evaluate(met ? yes : no, call.context);
    },
  },
  and: {
    min: 2,
    max: Infinity,
    applyLazily: (args, call) =>
      args.every((arg, index) => asBoolean(call.evaluate(arg, call.context), index, call)),
  },
  or: {
    min: 2,
    max: Infinity,
    applyLazily: (args, call) =>
      args.some((arg, index) => asBoolean(call.evaluate(arg, call.context), index, call)),
  },
  coalesce: {
    min: 1,
    max: Infinity,
    applyLazily: (args, call) => {
      for (const arg of args) {
        const value = call.evaluate(arg, call.context);
        if (value !== null) return value;
      }
      return null;
    },
  },
  fail: ranged(1, 1, (args, call) => {
    throw functionError(call.name, typeof args[0] === 'string' ? args[0] : JSON.stringify(args[0]));
  }),
  equals: fixed(2, (args) => deepEquals(args[0] ?? null, args[1] ?? null)),
  less: fixed(2, (args, call) => compare(args, call) < 0),
  lessorequals: fixed(2, (args, call) => compare(args, call) <= 0),
  greater: fixed(2, (args, call) => compare(args, call) > 0),
  greaterorequals: fixed(2, (args, call) => compare(args, call) >= 0),
};

function compare(args: readonly Json[], call: FunctionCall): number {
  const [a, b] = args;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return ordinal(a, b);
  throw functionError(
    call.name,
    `the arguments must both be integers or both be strings, but are '${jsonTypeName(a)}' and '${jsonTypeName(b)}'.`,
  );
}

function ordinal(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
