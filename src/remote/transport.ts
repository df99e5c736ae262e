import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import tls from 'node:tls';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf, messageOf } from '../base/failure.js';
import { RemoteError } from './registry-client.js';

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  url: URL;
  headers: Record<string, string>;
  /** Opened anew for each attempt. */
  body?: () => Readable | Buffer | Promise<Readable>;
  /** PEM bundle to trust besides the system's. */
  ca?: string | undefined;
  /** Takes any certificate. */
  insecure?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Must be read to its end or destroyed. */
  body: http.IncomingMessage;
}

/** Sends one request and nothing more: no retry, no redirect, no credentials. */
export interface Transport {
  /** @throws RemoteError `unknown-host` or `unreachable`; the signal's reason when it was aborted. */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** A server that says nothing for so long is taken for dead, while connecting, answering and sending. */
const SILENCE_LIMIT_MS = 60_000;

/** @param lookup finds the addresses of hosts; the system's way when left out */
export function createTransport(lookup?: LookupFunction): Transport {
  const resolving = lookup ? { lookup } : {};
  const plainAgent = new http.Agent({ keepAlive: true, maxFreeSockets: 8, ...resolving });
  const tlsAgents = new Map<string, https.Agent>();
  const agentFor = ({ url, ca = '', insecure = false }: HttpRequest): http.Agent => {
    if (url.protocol === 'http:') return plainAgent;
    const key = `${insecure} ${ca}`;
    const known = tlsAgents.get(key);
    if (known) return known;
    const verification = { ...trust(ca), ...(insecure && { rejectUnauthorized: false }) };
    const agent = new https.Agent({
      keepAlive: true,
      maxFreeSockets: 8,
      ...verification,
      ...resolving,
    });
    tlsAgents.set(key, agent);
    return agent;
  };
  return { send: (request) => send(request, agentFor(request)) };
}

function trust(ca: string): { ca?: string[] } {
  // An explicit list replaces the built-in one, so that one has to be repeated.
  return ca === '' ? {} : { ca: [...rootCertificates(), ca] };
}

function rootCertificates(): readonly string[] {
  return tls.rootCertificates;
}

async function send(request: HttpRequest, agent: http.Agent): Promise<HttpResponse> {
  request.signal?.throwIfAborted();
  const body = await request.body?.();
  const library = request.url.protocol === 'https:' ? https : http;
  const { promise, resolve, reject } = deferred<HttpResponse>();
  const outgoing = library.request(request.url, {
    method: request.method,
    headers: request.headers,
    agent,
    ...(request.signal && { signal: request.signal }),
  });
  outgoing.setTimeout(SILENCE_LIMIT_MS, () => {
    outgoing.destroy(new Error(`no answer within ${SILENCE_LIMIT_MS / 1000} s`));
  });
  outgoing.on('response', (answer) => {
    resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer });
  });
  outgoing.on('error', (error) => {
    reject(
      request.signal?.aborted ? abortReason(request.signal) : networkError(error, request.url),
    );
  });
  sendBody(outgoing, body, reject, request.url);
  return promise;
}

function sendBody(
  outgoing: http.ClientRequest,
  body: Readable | Buffer | undefined,
  reject: (error: unknown) => void,
  url: URL,
): void {
  if (body === undefined || Buffer.isBuffer(body)) {
    outgoing.end(body);
    return;
  }
  body.once('error', reject); // what we could not read is not the server's failure
  // A server may answer before it has read everything; then the rest of the body fails harmlessly.
  pipeline(body, outgoing).catch((error: unknown) => {
    reject(codeOf(error)?.startsWith('E') ? networkError(error, url) : error);
  });
}

function abortReason(signal: AbortSignal): unknown {
  return signal.reason;
}

/** What a failed connection is in the words of `RemoteError`. */
export function networkError(error: unknown, url: URL): RemoteError {
  if (error instanceof RemoteError) return error;
  const code = codeOf(error);
  const unknown = code === 'ENOTFOUND' || code === 'EAI_AGAIN';
  const message = unknown
    ? `failed to resolve registry '${url.host}': lookup ${url.hostname}: no such host`
    : `cannot reach ${url.origin}: ${messageOf(error) || (code ?? 'connection failed')}`;
  return new RemoteError(unknown ? 'unknown-host' : 'unreachable', message, { cause: error });
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
