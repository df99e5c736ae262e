import { writeFileSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { Json } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { messageOf } from '../../base/failure.js';
import { jsonBody, rawError } from '../arm-error.js';
import { AzError, usageError } from '../az-error.js';
import { formatJsonLine, pythonText } from '../output/json.js';
import type { Session } from '../session.js';
import type { ArgumentReader, CommandSpec } from '../spec.js';

const METHODS = ['delete', 'get', 'head', 'options', 'patch', 'post', 'put'] as const;

async function rest(session: Session, args: ArgumentReader): Promise<Json | undefined> {
  const url = requestUrl(session, args);
  const headers = await requestHeaders(session, args, url);
  const body = requestBody(args.optional('body'), headers);
  const response = await session.http.send({
    method: args.text('method').toUpperCase(),
    url: url.href,
    headers,
    publicRoots: url.protocol === 'https:' && url.origin !== session.connection.gateway,
    ...(body === undefined ? {} : { body }),
  });
  if (response.status >= 400) throw rawError(response);
  const file = args.optional('outputFile');
  if (file !== undefined) {
    writeFileSync(file, response.body);
    return undefined;
  }
  if (response.body.length === 0) return undefined;
  const json = jsonBody(response);
  if (json !== undefined) return json;
  session.warn(
    'Not a json response, outputting to stdout. For binary data suggest use "--output-file" to write to a file',
  );
  session.io.stdout(response.body.toString('utf8') + '\n');
  return undefined;
}

function requestUrl(session: Session, args: ArgumentReader): URL {
  const { gateway, subscriptionId } = session.connection;
  const text = args.text('url').replaceAll('{subscriptionId}', subscriptionId);
  const absolute = text.includes('://') ? text : `${gateway}/${text.replace(/^\/+/, '')}`;
  let url: URL;
  try {
    url = new URL(absolute);
  } catch {
    throw usageError(`Invalid URL '${text}': No host supplied`);
  }
  for (const [name, value] of pairs(args.list('uriParameters'), '--uri-parameters')) {
    url.searchParams.append(name, value);
  }
  return url;
}

async function requestHeaders(
  session: Session,
  args: ArgumentReader,
  url: URL,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {
    'user-agent': 'AZURECLI/2.91.0 (lazurite)',
    accept: '*/*',
    'x-ms-client-request-id': randomUUID(),
    commandname: 'rest',
  };
  for (const [name, value] of pairs(args.list('headers'), '--headers')) {
    headers[name.toLowerCase()] = value;
  }
  const skip = args.flag('skipAuthorizationHeader') || 'authorization' in headers;
  if (skip || url.protocol !== 'https:') return headers;
  const resource = args.optional('resource');
  if (resource !== undefined)
    headers['authorization'] = `Bearer ${await session.token(`${resource}/.default`)}`;
  else if (url.origin === new URL(session.connection.gateway).origin) {
    headers['authorization'] = `Bearer ${await session.token()}`;
  } else {
    session.warn(
      "Can't derive appropriate Azure AD resource from --url to acquire an access token. If access token is required, use --resource to specify the resource",
    );
  }
  return headers;
}

/** JSON is sent as JSON; `@file` is read; anything else goes as it is. */
function requestBody(
  argument: string | undefined,
  headers: Record<string, string>,
): string | undefined {
  if (argument === undefined) return undefined;
  const text = argument.startsWith('@') ? readArgumentFile(argument.slice(1)) : argument;
  try {
    const json = JSON.parse(text) as Json; // JSON.parse answers JSON by definition
    headers['content-type'] ??= 'application/json';
    return formatJsonLine(json);
  } catch {
    return text;
  }
}

function readArgumentFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AzError(`Could not read ${path}: ${messageOf(error)}`);
  }
}

/** Words `k=v` or JSON objects. */
function pairs(words: readonly string[] | undefined, option: string): [string, string][] {
  return (words ?? []).flatMap((word): [string, string][] => {
    if (word.trimStart().startsWith('{')) {
      try {
        const parsed = JSON.parse(word) as Json; // as above
        if (isJsonObject(parsed)) {
          return Object.entries(parsed).map(([name, value]) => [name, pythonText(value)]);
        }
      } catch {
        // falls through to k=v, as the stock client does
      }
    }
    const at = word.indexOf('=');
    if (at === -1) throw usageError(`argument ${option}: '${word}' is neither key=value nor JSON`);
    return [[word.slice(0, at), word.slice(at + 1)]];
  });
}

export const REST_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'rest',
    summary: 'Invoke a custom request.',
    raw: true,
    arguments: [
      {
        name: 'method',
        options: ['--method', '-m'],
        choices: METHODS,
        default: 'get',
        help: 'HTTP request method.',
      },
      {
        name: 'url',
        options: ['--url', '--uri', '-u'],
        required: true,
        help: "Request URL. If it doesn't start with a host, CLI assumes it as an Azure resource ID and prefixes it with the ARM endpoint of the current cloud.",
      },
      {
        name: 'headers',
        options: ['--headers'],
        kind: 'list',
        help: 'Space-separated headers in KEY=VALUE format or JSON string. Use @{file} to load from a file.',
      },
      {
        name: 'uriParameters',
        options: ['--uri-parameters', '--url-parameters'],
        kind: 'list',
        help: 'Query parameters in the URL. Space-separated queries in KEY=VALUE format or JSON string.',
      },
      {
        name: 'body',
        options: ['--body', '-b'],
        help: 'Request body. Use @{file} to load from a file.',
      },
      {
        name: 'skipAuthorizationHeader',
        options: ['--skip-authorization-header'],
        kind: 'flag',
        help: 'Do not auto-append Authorization header.',
      },
      {
        name: 'resource',
        options: ['--resource'],
        help: 'Resource url for which CLI should acquire a token from Microsoft Entra ID in order to access the service.',
      },
      { name: 'outputFile', options: ['--output-file'], help: 'Save response payload to a file.' },
    ],
    examples: [
      {
        title: 'List the resource groups.',
        command:
          'az rest --method get --url "/subscriptions/{subscriptionId}/resourcegroups?api-version=2024-11-01"',
      },
    ],
    run: rest,
  },
];
