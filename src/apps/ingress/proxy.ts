import { Agent, request as httpRequest } from 'node:http';
import type {
  ClientRequest,
  IncomingMessage,
  OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { codeOf } from '../../base/failure.js';
import type { Replica } from '../replica/replica.js';
import { forwardedHeaders, hasBody, isHttp2, withoutHopByHop } from './headers.js';
import { PAGES, refuseUpgrade, sendPage } from './pages.js';

const ONE_WRITE_BYTES = 16_384;
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE']);

/** Keeps connections into one replica. */
class ReplicaAgent extends Agent {
  readonly #replica: Replica;
  readonly #port: number;

  constructor(replica: Replica, port: number) {
    super({ keepAlive: true, maxFreeSockets: 64 });
    this.#replica = replica;
    this.#port = port;
  }

  /** All its connections are alike. */
  override getName(): string {
    return '';
  }

  override createConnection(
    _options: object,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    this.#replica.dial(this.#port).then(
      (socket) => callback?.(null, socket),
      (error: unknown) => callback?.(asError(error), undefined as never),
    );
    return undefined;
  }
}

const agents = new WeakMap<Replica, ReplicaAgent>();

function agentOf(replica: Replica, port: number): ReplicaAgent {
  const known = agents.get(replica);
  if (known) return known;
  const agent = new ReplicaAgent(replica, port);
  agents.set(replica, agent);
  return agent;
}

export interface Upstream {
  replica: Replica;
  port: number;
}

/** Sends the request to the replica and its answer back; resolves when both have ended. Never throws. */
export async function proxyRequest(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  extraHeaders: OutgoingHttpHeaders = {},
): Promise<void> {
  const retryable = BODILESS.has(request.method ?? '') && !hasBody(request);
  const first = await attempt(request, response, upstream, extraHeaders);
  if (first === 'done') return;
  // an idle connection that the program closed just as it was chosen: nothing was processed
  const second =
    first === 'stale' && retryable
      ? await attempt(request, response, upstream, extraHeaders)
      : first;
  if (second === 'refused') sendPage(response, PAGES.connectFailure);
  else if (second !== 'done') sendPage(response, PAGES.reset);
}

type Outcome = 'done' | 'stale' | 'refused' | 'reset';

function attempt(
  request: IncomingMessage,
  response: ServerResponse,
  { replica, port }: Upstream,
  extraHeaders: OutgoingHttpHeaders,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const outgoing = httpRequest({
      agent: agentOf(replica, port),
      method: request.method,
      path: request.url,
      headers: forwardedHeaders(request),
      setHost: false,
    });
    const abort = (): void => {
      if (!response.writableFinished) outgoing.destroy();
    };
    response.once('close', abort);
    outgoing.on('error', (error) => {
      response.off('close', abort);
      request.unpipe(outgoing).resume(); // the program wants no more of it, the client may still be sending
      if (response.headersSent && !answered?.complete) response.destroy();
      resolve(response.headersSent || response.destroyed ? 'done' : outcomeOf(error, outgoing));
    });
    let answered: IncomingMessage | undefined;
    outgoing.on('response', (incoming) => {
      answered = incoming;
      relay(incoming, response, extraHeaders);
      response.once('close', () => {
        resolve('done');
      });
    });
    if (hasBody(request)) {
      keepDraining(outgoing);
      request.pipe(outgoing);
    } else outgoing.end();
  });
}

/**
 * A program may answer before it has read the whole body. Node's client then stops telling when the connection
 * takes more, and the rest of the body would wait for ever.
 */
function keepDraining(outgoing: ClientRequest): void {
  outgoing.once('socket', (socket) => {
    const drain = (): void => {
      if (!outgoing.writableFinished) outgoing.emit('drain');
    };
    socket.on('drain', drain);
    outgoing.once('close', () => socket.off('drain', drain));
  });
}

function relay(
  incoming: IncomingMessage,
  response: ServerResponse,
  extraHeaders: OutgoingHttpHeaders,
): void {
  const headers = withoutHopByHop(incoming.headers);
  for (const name in extraHeaders) {
    const value = extraHeaders[name];
    headers[name] =
      name === 'set-cookie' ? [...(incoming.headers[name] ?? []), String(value)] : value;
  }
  const status = incoming.statusCode ?? 502;
  if (isHttp2(response.req)) response.writeHead(status, headers);
  else response.writeHead(status, incoming.statusMessage, headers);
  incoming.once('end', () => {
    if (incoming.rawTrailers.length > 0) response.addTrailers(definedOnly(incoming.trailers));
  });
  incoming.on('error', () => response.destroy());
  relayBody(incoming, response, Number(incoming.headers['content-length']));
}

function definedOnly(trailers: NodeJS.Dict<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(trailers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * Headers and a body that is already here go out in one write, and as one text when that is all of it, which costs
 * Node half; a stream that is still silent gets its headers now.
 */
function relayBody(incoming: IncomingMessage, response: ServerResponse, length: number): void {
  let begun = false;
  incoming.once('end', () => {
    if (!begun) response.end();
    begun = true;
  });
  incoming.once('data', (chunk: Buffer) => {
    begun = true;
    if (chunk.length === length && length <= ONE_WRITE_BYTES) {
      response.end(chunk.toString('latin1'), 'latin1');
      return;
    }
    response.write(chunk);
    incoming.pipe(response);
  });
  setImmediate(() => {
    if (!begun && !response.destroyed) response.flushHeaders();
  });
}

function outcomeOf(error: Error, outgoing: ClientRequest): Outcome {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return 'refused';
  return outgoing.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE') ? 'stale' : 'reset';
}

/** Joins the client's connection with one into the replica, after the replica has agreed. Never throws. */
export async function proxyUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { replica, port }: Upstream,
): Promise<void> {
  let inner: Duplex;
  try {
    inner = await replica.dial(port);
  } catch {
    refuseUpgrade(socket, PAGES.connectFailure);
    return;
  }
  const end = (): void => {
    inner.destroy();
    socket.destroy();
  };
  for (const one of [inner, socket]) one.on('error', end).on('close', end);
  const upgrade = { connection: 'Upgrade', upgrade: request.headers.upgrade };
  const headers = { ...forwardedHeaders(request), ...upgrade };
  inner.write(`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/1.1\r\n${lines(headers)}\r\n`);
  if (head.length > 0) inner.write(head);
  inner.pipe(socket);
  socket.pipe(inner);
  await new Promise<void>((resolve) => {
    socket.once('close', resolve);
    if (socket.destroyed) resolve();
  });
}

function lines(headers: OutgoingHttpHeaders): string {
  return Object.entries(headers)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value])
        .filter((one) => one !== undefined)
        .map((one) => `${name}: ${one}\r\n`),
    )
    .join('');
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
