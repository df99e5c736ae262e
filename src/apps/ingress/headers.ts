import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

/** Headers of one connection, not of the message. @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
export const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What a program is told of the request and of who sent it. */
export function forwardedHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const headers = withoutHopByHop(request.headers);
  const client = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  const before = request.headers['x-forwarded-for'];
  headers['x-forwarded-for'] = before === undefined ? client : `${String(before)}, ${client}`;
  headers['x-forwarded-proto'] ??= isSecure(request) ? 'https' : 'http';
  headers['x-forwarded-host'] ??= request.headers.host;
  headers['x-request-id'] ??= randomUUID();
  return headers;
}

/** Headers of the message itself. */
export function withoutHopByHop(headers: IncomingMessage['headers']): OutgoingHttpHeaders {
  const rest: OutgoingHttpHeaders = {};
  const named = headers.connection?.toLowerCase().split(/\s*,\s*/) ?? [];
  for (const name in headers) {
    if (name.startsWith(':') || HOP_BY_HOP.has(name) || named.includes(name)) continue;
    rest[name] = headers[name];
  }
  return rest;
}

/** Whether the client's connection is encrypted. */
export function isSecure(request: IncomingMessage): boolean {
  return 'encrypted' in request.socket && request.socket.encrypted === true;
}

/** Whether a body follows, as far as the head tells. */
export function hasBody(request: IncomingMessage): boolean {
  if (isHttp2(request)) return !request.readableEnded && !endedWithHead(request);
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length ?? '0') !== '0';
}

/** Whether it came over HTTP/2, and has Node's compatibility API around it. */
export function isHttp2(request: IncomingMessage): boolean {
  return request.httpVersionMajor === 2;
}

function endedWithHead(request: IncomingMessage): boolean {
  return (request as unknown as Http2ServerRequest).stream.endAfterHeaders;
}
