import type { Json, JsonObject } from '../../base/json.js';
import type { FunctionCall } from '../evaluation-context.js';
import {
  fixed,
  functionError,
  objectAt,
  stringAt,
  textOf,
  type FunctionDefinition,
} from './definition.js';

/** URIs put together and taken apart. */
export const URI_FUNCTIONS: Record<string, FunctionDefinition> = {
  uri: fixed(2, (args, call) => parse(stringAt(args, 1, call), call, stringAt(args, 0, call)).href),
  uricomponent: fixed(1, (args, call) =>
    encodeURIComponent(stringAt(args, 0, call)).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  ),
  uricomponenttostring: fixed(1, (args, call) => {
    try {
      return decodeURIComponent(stringAt(args, 0, call));
    } catch {
      throw functionError(call.name, 'the value is not a URI component.');
    }
  }),
  parseuri: fixed(1, (args, call) => components(parse(stringAt(args, 0, call), call))),
  builduri: fixed(1, (args, call) => build(objectAt(args, 0, call), call)),
};

function parse(text: string, call: FunctionCall, base?: string): URL {
  if (URL.canParse(text, base)) return new URL(text, base);
  throw functionError(
    call.name,
    base === undefined ? `'${text}' is not a URI.` : `'${base}' and '${text}' do not make a URI.`,
  );
}

/** `{ scheme, host, port, path, query }`; the last three only where the URI has them. */
function components({ protocol, hostname, port, pathname, search }: URL): Json {
  return {
    scheme: protocol.slice(0, -1),
    host: hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    path: pathname,
    ...(search === '' ? {} : { query: search }),
  };
}

function build(parts: JsonObject, call: FunctionCall): string {
  const { scheme, host, port = null, path = '', query = '' } = parts;
  if (typeof scheme !== 'string' || typeof host !== 'string')
    throw functionError(call.name, "the components must have a 'scheme' and a 'host'.");
  const prefixed = (text: string, first: string): string =>
    text === '' || text.startsWith(first) ? text : first + text;
  const authority = port === null ? host : `${host}:${textOf(port)}`;
  const rest = prefixed(textOf(path), '/') + prefixed(textOf(query), '?');
  return parse(`${scheme}://${authority}${rest}`, call).href;
}
