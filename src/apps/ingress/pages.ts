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
  badRequest: {
    status: 400,
    statusText: 'Bad Request',
    contentType: 'text/plain',
    body: 'bad request: the method, the path or a header holds characters that HTTP/1.1 does not allow',
  },
  unknownCoding: {
    status: 501,
    statusText: 'Not Implemented',
    contentType: 'text/plain',
    body: 'unsupported transfer encoding: only chunked is known',
  },
  forbidden: {
    status: 403,
    statusText: 'Forbidden',
    contentType: 'text/plain',
    body: 'RBAC: access denied',
  },
  /** HTTP/2 knows no such upgrade: a program behind `transport: http2` can't take one. */
  upgradeRefused: {
    status: 403,
    statusText: 'Forbidden',
    contentType: 'text/plain',
    body: 'upgrade refused: the app is behind transport http2',
  },
} as const satisfies Record<string, Page>;

/** The nearest status of gRPC. @see https://github.com/grpc/grpc/blob/v1.66.0/doc/http-grpc-status-mapping.md */
const GRPC_STATUS: Record<number, number> = { 403: 7, 404: 12, 503: 14 };

export function sendPage(response: ServerResponse, page: Page): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (response.req.headers['content-type']?.startsWith('application/grpc')) {
    sendGrpcStatus(response, page);
    return;
  }
  response.writeHead(page.status, {
    'content-type': page.contentType,
    'content-length': Buffer.byteLength(page.body),
  });
  response.end(page.body);
}

/** As Envoy does: a gRPC client looks for its own status and knows no pages. */
function sendGrpcStatus(response: ServerResponse, page: Page): void {
  const plain = page.contentType === 'text/plain';
  response.writeHead(200, { 'content-type': 'application/grpc' });
  response.addTrailers({
    'grpc-status': String(GRPC_STATUS[page.status] ?? 2),
    'grpc-message': encodeURIComponent(plain ? page.body : page.statusText),
  });
  response.end();
}

/** The same on a connection that was about to be upgraded. */
export function refuseUpgrade(socket: Duplex, page: Page): void {
  socket.end(
    `HTTP/1.1 ${page.status} ${page.statusText}\r\ncontent-type: ${page.contentType}\r\n` +
      `content-length: ${Buffer.byteLength(page.body)}\r\nconnection: close\r\n\r\n${page.body}`,
  );
}
