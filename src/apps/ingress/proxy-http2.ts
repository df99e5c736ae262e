import { connect, constants } from 'node:http2';
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders as Http2Headers,
} from 'node:http2';
import type {
  IncomingHttpHeaders,
  IncomingMessage,
  OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';
import { codeOf } from '../../base/failure.js';
import { forwardedHeaders, hasBody, withoutHopByHop } from './headers.js';
import { PAGES, sendPage } from './pages.js';
import type { Upstream } from './proxy.js';

/** One connection into each replica carries all of its requests. */
const sessions = new WeakMap<Upstream['replica'], Promise<ClientHttp2Session>>();

/**
 * Sends the request to a replica that speaks HTTP/2 without TLS, and its answer with its trailers back; both
 * ways stream side by side, as gRPC needs. Resolves when both have ended. Never throws.
 */
export async function proxyHttp2(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  extraHeaders: OutgoingHttpHeaders = {},
): Promise<void> {
  let stream: ClientHttp2Stream;
  try {
    const session = await sessionWith(upstream);
    stream = session.request(requestHeaders(request), { endStream: !hasBody(request) });
  } catch (error) {
    sendPage(response, codeOf(error) === 'ECONNREFUSED' ? PAGES.connectFailure : PAGES.reset);
    return;
  }
  await exchange(request, response, stream, extraHeaders);
}

function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  stream: ClientHttp2Stream,
  extraHeaders: OutgoingHttpHeaders,
): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', () => {
      if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
      resolve();
    });
    stream.on('response', (headers) => {
      response.writeHead(headers[':status'] ?? 502, {
        ...withoutHopByHop(headers),
        ...withCookies(headers, extraHeaders),
      });
      response.flushHeaders();
      stream.pipe(response);
    });
    // They come before the end, which `pipe` then passes on.
    stream.on('trailers', (trailers: IncomingHttpHeaders) => {
      response.addTrailers(withoutHopByHop(trailers));
    });
    // A connection that breaks off closes its streams without a word.
    stream
      .on('error', () => undefined)
      .once('close', () => {
        request.unpipe(stream).resume(); // the client may still be sending
        if (!response.headersSent) sendPage(response, PAGES.reset);
        else if (!response.writableEnded) response.destroy();
      });
    if (hasBody(request)) request.pipe(stream);
  });
}

async function sessionWith(upstream: Upstream): Promise<ClientHttp2Session> {
  const known = await sessions.get(upstream.replica)?.catch(() => undefined);
  if (known && !known.closed && !known.destroyed) return known;
  const opening = open(upstream);
  sessions.set(upstream.replica, opening);
  return opening;
}

async function open({ replica, port }: Upstream): Promise<ClientHttp2Session> {
  const socket = await replica.dial(port);
  const session = connect('http://replica', { createConnection: () => socket });
  session.on('error', () => {
    session.destroy();
  }); // each stream tells its own request
  return session;
}

function requestHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const headers = forwardedHeaders(request);
  const { host } = headers;
  delete headers.host;
  // The one thing that is said of a connection and yet is meant for the program: gRPC asks for it.
  if (request.headers.te === 'trailers') headers.te = 'trailers';
  return {
    ':method': request.method,
    ':path': request.url,
    ':scheme': 'http',
    ':authority': host ?? 'replica',
    ...headers,
  };
}

function withCookies(answered: Http2Headers, extra: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const { 'set-cookie': cookie } = extra;
  if (cookie === undefined) return extra;
  return { ...extra, 'set-cookie': [...(answered['set-cookie'] ?? []), String(cookie)] };
}
