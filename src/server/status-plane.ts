import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '../http/body.js';
import type { HttpPlane } from '../http/plane.js';
import type { LazuriteStatus } from './status.js';

/** `/lazurite/…`: Lazurite's own API, for the command line. Opened by the home's access key. */
export function createStatusPlane(
  accessKey: string,
  status: () => Promise<LazuriteStatus>,
): HttpPlane {
  return {
    name: 'lazurite',
    async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
      if (!url.pathname.startsWith('/lazurite/')) return false;
      if (!isAuthorized(request.headers.authorization, accessKey)) {
        sendJson(
          response,
          401,
          {
            error: {
              code: 'Unauthorized',
              message: 'the access key of <home>/run/connection.json is needed',
            },
          },
          { 'www-authenticate': 'Bearer' },
        );
      } else if (url.pathname !== '/lazurite/status') {
        sendJson(response, 404, { error: { code: 'NotFound', message: `no ${url.pathname}` } });
      } else if (request.method !== 'GET') {
        sendJson(
          response,
          405,
          { error: { code: 'MethodNotAllowed', message: 'GET only' } },
          { allow: 'GET' },
        );
      } else {
        sendJson(response, 200, await status());
      }
      return true;
    },
  };
}

function isAuthorized(header: string | undefined, accessKey: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${accessKey}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
