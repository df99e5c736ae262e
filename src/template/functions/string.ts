import type { Json } from '../../base/json.js';
import { nameBasedGuid } from '../guid.js';
import { uniqueString } from '../murmur-hash.js';
import {
  arrayAt,
  fixed,
  functionError,
  numberAt,
  ranged,
  stringAt,
  textOf,
  type FunctionDefinition,
} from './definition.js';
import { composeFormat } from './format.js';

const MAX_TEXT = 131_072;

const fold = (text: string): string => text.toLowerCase();

/** Functions that make or take apart a string. Those on strings and arrays alike are in `collection.ts`. */
export const STRING_FUNCTIONS: Record<string, FunctionDefinition> = {
  base64: fixed(1, (args, call) => Buffer.from(stringAt(args, 0, call), 'utf8').toString('base64')),
  base64tostring: fixed(1, (args, call) =>
    Buffer.from(stringAt(args, 0, call), 'base64').toString('utf8'),
  ),
  base64tojson: fixed(1, (args, call) =>
    parseJson(Buffer.from(stringAt(args, 0, call), 'base64').toString('utf8'), call.name),
  ),
  datauri: fixed(
    1,
    (args, call) =>
      `data:text/plain;charset=utf8;base64,${Buffer.from(stringAt(args, 0, call), 'utf8').toString('base64')}`,
  ),
  datauritostring: fixed(1, (args, call) => {
    const text = stringAt(args, 0, call);
    const match = /^data:([^,]*?)(;base64)?,(.*)$/s.exec(text);
    if (!match) throw functionError(call.name, `the value '${text}' is not a data URI.`);
    const data = match[3] ?? '';
    return match[2] ? Buffer.from(data, 'base64').toString('utf8') : decodeURIComponent(data);
  }),
  endswith: fixed(2, (args, call) =>
    fold(stringAt(args, 0, call)).endsWith(fold(stringAt(args, 1, call))),
  ),
  startswith: fixed(2, (args, call) =>
    fold(stringAt(args, 0, call)).startsWith(fold(stringAt(args, 1, call))),
  ),
  format: ranged(1, Infinity, (args, call) =>
    composeFormat(stringAt(args, 0, call), args.slice(1), (what) => functionError(call.name, what)),
  ),
  guid: ranged(1, Infinity, (args, call) =>
    nameBasedGuid(args.map((_, index) => stringAt(args, index, call))),
  ),
  uniquestring: ranged(1, Infinity, (args, call) =>
    uniqueString(args.map((_, index) => stringAt(args, index, call))),
  ),
  newguid: fixed(0, (_args, call) => call.context.scope.newGuid()),
  join: fixed(2, (args, call) =>
    arrayAt(args, 0, call)
      .map(textOf)
      .join(stringAt(args, 1, call)),
  ),
  json: fixed(1, (args, call) => parseJson(stringAt(args, 0, call), call.name)),
  padleft: ranged(2, 3, (args, call) => {
    const width = numberAt(args, 1, call);
    if (width > MAX_TEXT) throw functionError(call.name, `the length '${width}' is too large.`);
    const fill = args.length > 2 ? stringAt(args, 2, call) : ' ';
    if (fill.length !== 1)
      throw functionError(call.name, 'the padding must be a single character.');
    return stringAt(args, 0, call).padStart(width, fill);
  }),
  replace: fixed(3, (args, call) => {
    const search = stringAt(args, 1, call);
    if (search === '') throw functionError(call.name, 'the text to replace must not be empty.');
    const parts = stringAt(args, 0, call).split(search);
    const replacement = stringAt(args, 2, call);
    if (parts.length * replacement.length > MAX_TEXT)
      throw functionError(
        call.name,
        `the length '${parts.length * replacement.length}' is too large.`,
      );
    return parts.join(replacement);
  }),
  split: fixed(2, (args, call) => {
    const separators = Array.isArray(args[1]) ? args[1].map(textOf) : [stringAt(args, 1, call)];
    const pattern = separators
      .filter((separator) => separator !== '')
      .map(escapePattern)
      .join('|');
    return pattern === ''
      ? [stringAt(args, 0, call)]
      : stringAt(args, 0, call).split(new RegExp(pattern));
  }),
  string: fixed(1, (args) => (args[0] === null ? 'null' : textOf(args[0] ?? null))),
  substring: ranged(2, 3, (args, call) => {
    const text = stringAt(args, 0, call);
    const start = numberAt(args, 1, call);
    const length = args.length > 2 ? numberAt(args, 2, call) : text.length - start;
    if (start < 0 || length < 0 || start + length > text.length)
      throw functionError(
        call.name,
        `the index and length parameters must refer to a location within the string. The index parameter: '${start}', the length parameter: '${length}', the length of the string parameter: '${text.length}'.`,
      );
    return text.slice(start, start + length);
  }),
  tolower: fixed(1, (args, call) => stringAt(args, 0, call).toLowerCase()),
  toupper: fixed(1, (args, call) => stringAt(args, 0, call).toUpperCase()),
  trim: fixed(1, (args, call) => stringAt(args, 0, call).trim()),
  like: fixed(2, (args, call) =>
    isLike(fold(stringAt(args, 0, call)), fold(stringAt(args, 1, call))),
  ),
};

/** `*` stands for any text. Each part is looked for after the one before: no pattern makes this slow. */
function isLike(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return text.startsWith(first) && text.endsWith(last) && text.length - last.length >= from;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function parseJson(text: string, name: string): Json {
  try {
    // JSON.parse gives exactly the Json type.
    return JSON.parse(text) as Json;
  } catch {
    throw functionError(name, `the value '${text}' is not valid JSON.`);
  }
}
