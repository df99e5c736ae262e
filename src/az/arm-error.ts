import type { Json, JsonObject } from '../base/json.js';
import { isJsonObject } from '../base/json.js';
import { AzError } from './az-error.js';
import { formatJsonLine } from './output/json.js';
import type { HttpResponse } from './transport.js';

/** The body as JSON, or undefined when it is none. */
export function jsonBody(response: HttpResponse): Json | undefined {
  if (response.body.length === 0) return undefined;
  try {
    return JSON.parse(response.body.toString('utf8')) as Json; // JSON.parse answers JSON by definition
  } catch {
    return undefined;
  }
}

/** The `error` object of ARM's envelope, or the document itself when it has a code of its own. */
export function errorOf(body: Json | undefined): JsonObject | undefined {
  if (!isJsonObject(body)) return undefined;
  const inner = body['error'];
  if (isJsonObject(inner)) return inner;
  return 'code' in body && 'message' in body ? body : undefined;
}

/**
 * An error as the client library for ARM words it: `(Code) message`, then the same again by field, then the
 * details, each indented.
 */
export function describeError(error: JsonObject): string {
  const code = textOf(error['code']);
  const message = textOf(error['message']);
  const lines = [`(${code}) ${message}`, `Code: ${code}`, `Message: ${message}`];
  const target = error['target'];
  if (typeof target === 'string' && target !== '') lines.push(`Target: ${target}`);
  const details = error['details'];
  if (!Array.isArray(details) || details.length === 0) return lines.join('\n');
  const inner = details
    .filter((detail) => isJsonObject(detail))
    .map((detail) =>
      describeError(detail)
        .split('\n')
        .map((line) => `\t${line}`)
        .join('\n'),
    );
  return `${lines.join('\n')}\nException Details:${inner.join('')}`;
}

/** The failure of a request through the client library: exit code 3 for 404, else 1. */
export function sdkError(response: HttpResponse): AzError {
  const error = errorOf(jsonBody(response));
  const message = error
    ? describeError(error)
    : `Operation returned an invalid status '${response.reason}'` +
      (response.body.length > 0 ? `\nContent: ${response.body.toString('utf8')}` : '');
  return new AzError(message, { exitCode: response.status === 404 ? 3 : 1 });
}

/** The failure of a plain request, `Not Found({"error":…})`, as `az rest` shows it. */
export function rawError(response: HttpResponse): AzError {
  const text = response.body.toString('utf8');
  return new AzError(response.reason + (text === '' ? '' : `(${text})`), {
    advice:
      response.status === 401 && response.headers['www-authenticate'] !== undefined
        ? ['Interactive authentication is needed. Please run:', 'az logout', 'az login']
        : [],
  });
}

/** The same as the containerapp commands print it: `(Code) message`. */
export function containerAppError(response: HttpResponse): AzError {
  const error = errorOf(jsonBody(response));
  if (!error) return rawError(response);
  return new AzError(`(${textOf(error['code'])}) ${textOf(error['message'])}`);
}

/** A failed asynchronous operation: the `error` of its status body. */
export function operationError(body: JsonObject): AzError {
  const error = errorOf(body);
  if (error) return new AzError(describeError(error));
  return new AzError(`Operation ended with status ${formatJsonLine(body['status'] ?? null)}`);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : formatJsonLine(value ?? null);
}
