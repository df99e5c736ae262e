import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A short answer of the ingress itself. */
export interface Page {
  status: number;
  statusText: string;
  contentType: string;
  body: string;
}

/** What clients see when no app answers. */
export const PAGES = {
  /** No app of that name, no ingress, or nothing of it runs. */
  notFound: {
    status: 404,
    statusText: 'Not Found',
    contentType: 'text/html; charset=utf-8',
    body: [
      '<!DOCTYPE html>',
      '<html lang="en"><head><meta charset="utf-8"><title>Container App unavailable</title></head>',
      '<body><h1>Error 404 - This Container App is stopped or does not exist.</h1>',
      '<p>The app you have attempted to reach is currently stopped or does not exist.</p>',
      '</body></html>',
      '',
    ].join('\n'),
  },
  noHealthyUpstream: {
    status: 503,
    statusText: 'Service Unavailable',
    contentType: 'text/plain',
    body: 'no healthy upstream',
  },
  connectFailure: {
    status: 503,
    statusText: 'Service Unavailable',
    contentType: 'text/plain',
    body: 'upstream connect error or disconnect/reset before headers. reset reason: connection failure',
  },
  reset: {
    status: 503,
    statusText: 'Service Unavailable',
    contentType: 'text/plain',
    body: 'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
  },
  forbidden: {
    status: 403,
    statusText: 'Forbidden',
    contentType: 'text/plain',
    body: 'RBAC: access denied',
  },
} as const satisfies Record<string, Page>;

export function sendPage(response: ServerResponse, page: Page): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(page.status, {
    'content-type': page.contentType,
    'content-length': Buffer.byteLength(page.body),
  });
  response.end(page.body);
}

/** The same on a connection that was about to be upgraded. */
export function refuseUpgrade(socket: Duplex, page: Page): void {
  socket.end(
    `HTTP/1.1 ${page.status} ${page.statusText}\r\ncontent-type: ${page.contentType}\r\n` +
      `content-length: ${Buffer.byteLength(page.body)}\r\nconnection: close\r\n\r\n${page.body}`,
  );
}
