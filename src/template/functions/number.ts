import type { Json } from '../../base/json.js';
import type { FunctionCall } from '../evaluation-context.js';
import {
  arrayAt,
  fixed,
  functionError,
  numberAt,
  ranged,
  type FunctionDefinition,
} from './definition.js';

export const NUMBER_FUNCTIONS: Record<string, FunctionDefinition> = {
  add: fixed(2, (args, call) => numberAt(args, 0, call) + numberAt(args, 1, call)),
  sub: fixed(2, (args, call) => numberAt(args, 0, call) - numberAt(args, 1, call)),
  mul: fixed(2, (args, call) => numberAt(args, 0, call) * numberAt(args, 1, call)),
  div: fixed(2, (args, call) => Math.trunc(numberAt(args, 0, call) / divisor(args, call))),
  mod: fixed(2, (args, call) => numberAt(args, 0, call) % divisor(args, call)),
  min: ranged(1, Infinity, (args, call) => Math.min(...numbers(args, call))),
  max: ranged(1, Infinity, (args, call) => Math.max(...numbers(args, call))),
  int: fixed(1, (args, call) => {
    const [value] = args;
    if (typeof value === 'number') return Math.trunc(value);
    if (typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value)) return Number(value);
    throw functionError(
      call.name,
      `the value '${JSON.stringify(value)}' can't be converted to an integer.`,
    );
  }),
  float: fixed(1, (args, call) => {
    const value = Number(args[0]);
    if (args[0] === null || Number.isNaN(value))
      throw functionError(
        call.name,
        `the value '${JSON.stringify(args[0])}' can't be converted to a number.`,
      );
    return value;
  }),
};

function divisor(args: readonly Json[], call: FunctionCall): number {
  const value = numberAt(args, 1, call);
  if (value === 0) throw functionError(call.name, 'the divisor must not be zero.');
  return value;
}

function numbers(args: readonly Json[], call: FunctionCall): number[] {
  const items = args.length === 1 && Array.isArray(args[0]) ? arrayAt(args, 0, call) : args;
  if (items.length === 0) throw functionError(call.name, 'at least one number is needed.');
  return items.map((_, index) => numberAt(items, index, call));
}
