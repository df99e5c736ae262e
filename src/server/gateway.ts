import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import { sendJson } from '../http/body.js';
import type { HttpPlane } from '../http/plane.js';

/**
 * Gives each request to the first plane that takes it. Planes that go by host (registries, apps) stand
 * before those that go by path.
 */
export class Gateway {
  readonly #planes: readonly HttpPlane[];
  readonly #logger: Logger;

  constructor(planes: readonly HttpPlane[], logger: Logger) {
    this.#planes = planes;
    this.#logger = logger;
  }

  readonly onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    this.#answer(request, response).catch((error: unknown) => {
      this.#logger.error({ error: messageOf(error), method: request.method }, 'request failed');
      if (response.headersSent) response.destroy();
      else
        sendJson(response, 500, {
          error: { code: 'InternalServerError', message: 'internal error' },
        });
    });
  };

  readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.#upgrade(request, socket, head).catch((error: unknown) => {
      this.#logger.error({ error: messageOf(error) }, 'upgrade failed');
      socket.destroy();
    });
  };

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = urlOf(request);
    if (url === undefined) {
      sendJson(response, 400, {
        error: { code: 'BadRequest', message: 'the request target is no URL' },
      });
      return;
    }
    for (const plane of this.#planes) {
      if (await plane.handle(request, response, url)) return;
    }
    const where = `${request.method ?? 'GET'} ${url.pathname}`;
    sendJson(response, 404, {
      error: {
        code: 'NotFound',
        message: `Nothing answers ${where}. The gateway serves Azure's management, identity and storage endpoints; registries and apps have addresses of their own (lazurite status).`,
      },
    });
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const url = urlOf(request);
    if (url) {
      for (const plane of this.#planes) {
        if (await plane.upgrade?.(request, socket, head, url)) return;
      }
    }
    socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  }
}

/** @returns undefined for a target or host that no client means */
function urlOf(request: IncomingMessage): URL | undefined {
  const scheme = 'encrypted' in request.socket ? 'https' : 'http';
  const base = `${scheme}://${request.headers.host ?? 'localhost'}`;
  // A doubled leading slash would otherwise be read as a host name.
  const target = (request.url ?? '/').replace(/^\/+/, '/');
  return URL.canParse(target, base) ? new URL(target, base) : undefined;
}
