import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure, messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import { sendJson } from '../http/body.js';
import type { HttpPlane } from '../http/plane.js';

/** Answers one method of one path; a `Failure` it throws is sent as it is. */
export type LocalEndpoint = (call: LocalCall) => Promise<void>;

export interface LocalCall {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
}

/** By path and method, e.g. `{ '/lazurite/status': { GET: … } }`. */
export type LocalEndpoints = Readonly<Record<string, Readonly<Record<string, LocalEndpoint>>>>;

/** A failure on its way to the command that will print it. */
export interface FailureBody {
  error: { code: string; message: string; why?: string; help?: string; exitCode?: 1 | 2 };
}

/** An endpoint whose answer is a JSON document. */
export function answering(read: (call: LocalCall) => Promise<unknown>): LocalEndpoint {
  return async (call) => {
    sendJson(call.response, 200, await read(call));
  };
}

/** `/lazurite/…`: Lazurite's own API, for the command line. Opened by the home's access key. */
export function createLocalApi(
  accessKey: string,
  endpoints: LocalEndpoints,
  logger: Logger,
): HttpPlane {
  return {
    name: 'lazurite',
    async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
      if (!url.pathname.startsWith('/lazurite/')) return false;
      const methods = endpoints[url.pathname];
      const endpoint = methods?.[request.method ?? ''];
      if (!isAuthorized(request.headers.authorization, accessKey)) {
        refuse(
          response,
          401,
          'Unauthorized',
          'the access key of <home>/run/connection.json is needed',
        );
      } else if (methods === undefined) {
        refuse(response, 404, 'NotFound', `no ${url.pathname}`);
      } else if (endpoint === undefined) {
        const allowed = Object.keys(methods).join(', ');
        refuse(response, 405, 'MethodNotAllowed', `${allowed} only`, { allow: allowed });
      } else {
        await endpoint({ request, response, url }).catch((error: unknown) => {
          if (!(error instanceof Failure)) {
            logger.error({ path: url.pathname, error: messageOf(error) }, 'request failed');
          }
          if (response.headersSent) response.destroy();
          else sendJson(response, error instanceof Failure ? 400 : 500, failureBody(error));
        });
      }
      return true;
    },
  };
}

/** What the command line makes a `Failure` of again. */
export function failureBody(error: unknown): FailureBody {
  if (!(error instanceof Failure)) {
    return { error: { code: 'Failed', message: messageOf(error) } };
  }
  const { message, why, help, exitCode } = error;
  return {
    error: {
      ...{ code: 'Failed', message, exitCode },
      ...(why !== undefined && { why }),
      ...(help !== undefined && { help }),
    },
  };
}

const REFUSAL_HEADERS: Readonly<Record<number, Record<string, string>>> = {
  401: { 'www-authenticate': 'Bearer' },
};

function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers = REFUSAL_HEADERS[status] ?? {},
): void {
  sendJson(response, status, { error: { code, message } }, headers);
}

function isAuthorized(header: string | undefined, accessKey: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${accessKey}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
