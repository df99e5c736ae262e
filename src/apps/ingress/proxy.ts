import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Replica } from '../replica/replica.js';
import { forwardedHeaders, hasBody, isHttp2 } from './headers.js';
import { PAGES, sendPage } from './pages.js';
import { Relay } from './relay.js';
import type { Outgoing } from './relay.js';
import { requestHead } from './request-head.js';
import type { Connection } from './upstream/connection.js';
import { Connections } from './upstream/connections.js';

/** Methods that may be sent twice. @see https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE']);

const kept = new WeakMap<Upstream['replica'], Connections>();

function connectionsWith({ replica, port }: Upstream): Connections {
  const known = kept.get(replica);
  if (known) return known;
  const connections = new Connections(() => replica.dial(port));
  kept.set(replica, connections);
  return connections;
}

export interface Upstream {
  replica: Pick<Replica, 'dial'>;
  port: number;
}

/** Sends the request to the replica and its answer back; resolves when both have ended. Never throws. */
export async function proxyRequest(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  extraHeaders: OutgoingHttpHeaders = {},
): Promise<void> {
  const outgoing = outgoingOf(request);
  if (typeof outgoing === 'string') {
    sendPage(response, PAGES[outgoing]);
    return;
  }
  const client = { request, response, extraHeaders };
  const connections = connectionsWith(upstream);
  const open = connections.take();
  if (open) {
    const outcome = await Relay.run(client, open, outgoing);
    if (outcome === 'done') return;
    const again = outcome === 'untouched' && outgoing.body === 'none';
    if (!again || !IDEMPOTENT.has(request.method ?? '')) {
      sendPage(response, PAGES.reset);
      return;
    }
  }
  let fresh: Connection;
  try {
    fresh = await connections.open();
  } catch {
    sendPage(response, PAGES.connectFailure);
    return;
  }
  if (response.destroyed) fresh.destroy();
  else if ((await Relay.run(client, fresh, outgoing)) !== 'done') sendPage(response, PAGES.reset);
}

/** @returns the page that says why it can't be sent */
function outgoingOf(request: IncomingMessage): Outgoing | 'badRequest' | 'unknownCoding' {
  const coding = isHttp2(request) ? undefined : request.headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return 'unknownCoding';
  const headers = forwardedHeaders(request);
  const body = !hasBody(request)
    ? 'none'
    : coding === undefined && headers['content-length'] !== undefined
      ? 'length'
      : 'chunked';
  if (body === 'chunked') {
    delete headers['content-length'];
    headers['transfer-encoding'] = 'chunked';
  }
  const head = requestHead(request, headers);
  return head === undefined ? 'badRequest' : { head, body };
}
