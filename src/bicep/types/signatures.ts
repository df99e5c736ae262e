import { ANY, ARRAY, BOOL, INT, NULL, OBJECT, STRING, unionOf, type Type } from './type.js';

/** What a function takes at one place. */
export interface Taken {
  /** As messages say it, e.g. `'bool | int | string'`, `'(any[, int]) => bool'`. */
  readonly text: string;
  /** For a lambda: what it has to return. */
  readonly type: Type;
  /** How many parameters a lambda may have. */
  readonly lambda?: { readonly min: number; readonly max: number };
}

/** One way to call a function. */
export interface Signature {
  readonly required: number;
  readonly taken: readonly Taken[];
  /** What all further arguments are. */
  readonly rest?: Taken;
  /** As messages say it, e.g. `'(... : array): array'`. */
  readonly text: string;
}

/**
 * Types of arguments: `[type]` may be missing, `...type` may come again. Overloads stand behind each other, with the names
 * that messages need, and what they return.
 * @see https://github.com/Azure/bicep/blob/v0.38.33/src/Bicep.Core.Samples/Files/baselines/Functions/sys.json
 */
const SIGNATURES: Readonly<Record<string, string | undefined>> = {
  base64: 'string',
  base64ToJson: 'string',
  base64ToString: 'string',
  cidrHost: 'string, int',
  cidrSubnet: 'string, int, int',
  concat: '... : array -> array / ... : bool | int | string -> string',
  contains:
    'object: object, propertyName: string -> bool / array: array, itemToFind: any -> bool / string: string, itemToFind: string -> bool',
  dataUriToString: 'string',
  dateTimeAdd: 'string, string, [string]',
  dateTimeFromEpoch: '[int]',
  dateTimeToEpoch: '[string]',
  empty: 'array | null | object | string',
  endsWith: 'string, string',
  extensionResourceId: '...string',
  fail: 'string',
  filter: 'array, (any[, int]) => bool',
  first: 'array: array -> any / string: string -> string',
  flatten: 'array[]',
  format: 'string, ...any',
  groupBy: 'array, any => string, [any => any]',
  guid: '...string',
  indexOf:
    'stringToSearch: string, stringToFind: string -> int / array: array, itemToFind: any -> int',
  int: 'int | string',
  intersection: '... : object -> object / ... : array -> array',
  items: 'object',
  join: '(bool | int | string)[], string',
  json: 'string',
  last: 'array: array -> any / string: string -> string',
  lastIndexOf:
    'stringToSearch: string, stringToFind: string -> int / array: array, itemToFind: any -> int',
  length: 'arg: object | string -> int / arg: array -> int',
  like: 'string, string',
  map: 'array, (any[, int]) => any',
  mapValues: 'object, any => any',
  max: '... : int -> int / intArray: int[] -> int',
  min: '... : int -> int / intArray: int[] -> int',
  objectKeys: 'object',
  padLeft: 'int | string, int, [string]',
  parseCidr: 'string',
  parseUri: 'string',
  pickZones: 'string, string, string, [int], [int]',
  range: 'int, int',
  reduce: 'array, any, (any, any[, int]) => any',
  replace: 'string, string, string',
  resourceId: '...string',
  shallowMerge: 'object[]',
  skip: 'originalValue: array, numberToSkip: int -> array / originalValue: string, numberToSkip: int -> string',
  sort: 'array, (any, any) => bool',
  split: 'string, array | string',
  startsWith: 'string, string',
  subscriptionResourceId: '...string',
  substring: 'string, int, [int]',
  take: 'originalValue: array, numberToTake: int -> array / originalValue: string, numberToTake: int -> string',
  tenantResourceId: '...string',
  toLower: 'string',
  toObject: 'array, any => string, [any => any]',
  toUpper: 'string',
  trim: 'string',
  union: '... : object -> object / ... : array -> array',
  uniqueString: '...string',
  uri: 'string, string',
  uriComponent: 'string',
  uriComponentToString: 'string',
  utcNow: '[string]',
};

const read = new Map<string, readonly Signature[]>();

/** How a function of the language is called; empty for one that takes anything, or is not known. */
export function signaturesOf(name: string): readonly Signature[] {
  const known = read.get(name);
  if (known) return known;
  const written = Object.hasOwn(SIGNATURES, name) ? SIGNATURES[name] : undefined;
  const signatures = written?.split(' / ').map(readSignature) ?? [];
  read.set(name, signatures);
  return signatures;
}

function readSignature(written: string): Signature {
  const [parameters = '', returns = ''] = written.split(' -> ');
  const taken: Taken[] = [];
  let required = 0;
  let rest: Taken | undefined;
  for (const parameter of splitOutside(parameters, ', ')) {
    const optional = parameter.startsWith('[');
    const bare = optional ? parameter.slice(1, -1) : parameter;
    const type = readTaken(bare.replace(/^(\.\.\.)?( :|\w+:)? ?/, ''));
    if (bare.startsWith('...')) {
      rest = type;
    } else {
      taken.push(type);
      if (!optional) required += 1;
    }
  }
  return { required, taken, ...(rest ? { rest } : {}), text: `(${parameters}): ${returns}` };
}

function readTaken(text: string): Taken {
  const [parameters = '', returns] = text.split(' => ');
  if (returns === undefined) return { text, type: readType(text) };
  const [fixed = '', optional] = parameters.replace(/^\(|\)$/g, '').split('[');
  const min = fixed.split(', ').length;
  return { text, type: readType(returns), lambda: { min, max: optional ? min + 1 : min } };
}

function readType(text: string): Type {
  if (text.endsWith('[]'))
    return { kind: 'array', item: readType(text.slice(0, -2).replace(/^\(|\)$/g, '')) };
  const members = text.split(' | ');
  if (members.length > 1) return unionOf(members.map(readType));
  switch (text) {
    case 'string':
      return STRING;
    case 'int':
      return INT;
    case 'bool':
      return BOOL;
    case 'array':
      return ARRAY;
    case 'object':
      return OBJECT;
    case 'null':
      return NULL;
    default:
      return ANY;
  }
}

/** Parts between separators that stand in no brackets. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(' || text[at] === '[') depth += 1;
    else if (text[at] === ')' || text[at] === ']') depth -= 1;
    else if (depth === 0 && text.startsWith(separator, at)) {
      parts.push(text.slice(from, at));
      from = at + separator.length;
    }
  }
  return [...parts, text.slice(from)];
}
