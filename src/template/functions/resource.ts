import type { Json } from '../../base/json.js';
import type { FunctionCall, RuntimeLookup } from '../evaluation-context.js';
import { TemplateError } from '../template-error.js';
import {
  fixed,
  functionError,
  numberAt,
  ranged,
  stringAt,
  type FunctionDefinition,
} from './definition.js';

/** Names of the template, and what only the running system knows. */
export const RESOURCE_FUNCTIONS: Record<string, FunctionDefinition> = {
  parameters: fixed(1, (args, call) => call.context.parameter(stringAt(args, 0, call))),
  variables: fixed(1, (args, call) => call.context.variable(stringAt(args, 0, call))),
  lambdavariables: fixed(1, (args, call) => {
    const name = stringAt(args, 0, call);
    const value = call.context.lambdaVariables?.get(name.toLowerCase());
    if (value === undefined)
      throw functionError(call.name, `the lambda variable '${name}' is not defined.`);
    return value;
  }),
  copyindex: ranged(0, 2, (args, call) => {
    const named = typeof args[0] === 'string';
    const offset = args.length > (named ? 1 : 0) ? numberAt(args, named ? 1 : 0, call) : 0;
    return call.context.copyIndex(named ? stringAt(args, 0, call) : undefined) + offset;
  }),
  reference: ranged(1, 3, (args, call) => {
    const apiVersion = args.length > 1 && args[1] !== null ? stringAt(args, 1, call) : undefined;
    const full = args.length > 2 && stringAt(args, 2, call).toLowerCase() === 'full';
    return lookup(call).reference(stringAt(args, 0, call), apiVersion, full || isFull(args[1]));
  }),
  references: ranged(1, 2, (args, call) =>
    lookup(call).references(stringAt(args, 0, call), isFull(args[1])),
  ),
  providers: ranged(1, 2, (_args, call) => {
    throw functionError(
      call.name,
      'it is deprecated and not answered here: write the api-version.',
    );
  }),
  resourceinfo: fixed(1, (args, call) => lookup(call).resourceInfo(stringAt(args, 0, call))),
};

/** `list*`: every name that starts so and is no function of its own. */
export const LIST_FUNCTION: FunctionDefinition = ranged(1, 3, (args, call) =>
  lookup(call).list(
    call.name,
    stringAt(args, 0, call),
    args.length > 1 ? stringAt(args, 1, call) : undefined,
    args[2],
  ),
);

function isFull(value: Json | undefined): boolean {
  return typeof value === 'string' && value.toLowerCase() === 'full';
}

function lookup(call: FunctionCall): RuntimeLookup {
  if (call.context.runtime) return call.context.runtime;
  throw new TemplateError(
    'InvalidTemplate',
    `The template function '${call.name}' is not expected at this location. Please see https://aka.ms/arm-functions for usage details.`,
  );
}
