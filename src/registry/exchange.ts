import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { discardRest } from '../http/body.js';
import { unmapped } from '../http/client-address.js';
import { RegistryError } from './errors.js';

/** Headers of every answer; flat name-value pairs, the shape that Node writes fastest. */
const COMMON_HEADERS: readonly string[] = [
  'Docker-Distribution-Api-Version',
  'registry/2.0',
  'Access-Control-Expose-Headers',
  'Docker-Content-Digest, WWW-Authenticate, Link, X-Ms-Correlation-Request-Id',
  'X-Content-Type-Options',
  'nosniff',
];

/** Names, addresses and ports; it is put between quotes in the challenge. */
const HOST = /^[A-Za-z0-9._:[\]-]{1,255}$/;

/** As clients that believe to speak to a proxy begin an address. */
const ORIGIN = /^https?:\/\/[^/?]*/i;

export type HeaderPairs = readonly (string | number)[];

/** One request with its answer. Exactly one of the `send` methods ends it. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of the request, which lets go of it when it is destroyed. */
  readonly socket: Socket;
  /** Without the query, percent-encoding as sent. */
  readonly path: string;
  readonly correlationId = randomUUID();
  readonly #search: string;
  #query: URLSearchParams | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
    this.socket = request.socket;
    const url = (request.url ?? '/').replace(ORIGIN, '');
    const mark = url.indexOf('?');
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.#search = mark < 0 ? '' : url.slice(mark + 1);
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#search);
    return this.#query;
  }

  /** Whether the client asked over TLS, itself or through a proxy in front. */
  get isSecure(): boolean {
    if ('encrypted' in this.socket && this.socket.encrypted === true) return true;
    // Only what this very client is told depends on it, so it may be believed.
    const [outermost = ''] = (this.header('x-forwarded-proto') ?? '').split(',');
    return outermost.trim().toLowerCase() === 'https';
  }

  /** Where the client is, e.g. `'127.0.0.1'`. */
  get address(): string {
    return unmapped(this.socket.remoteAddress ?? '');
  }

  /** What the client called us, e.g. `'localhost:5001'`. */
  get host(): string {
    const { host = '' } = this.request.headers;
    return HOST.test(host) ? host : 'localhost';
  }

  /** e.g. `'http://localhost:5001'` */
  get origin(): string {
    return `${this.isSecure ? 'https' : 'http'}://${this.host}`;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** Writes the head; the body is the caller's. */
  start(status: number, headers: HeaderPairs): void {
    const all: (string | number)[] = [...COMMON_HEADERS, ...headers];
    all.push('X-Ms-Correlation-Request-Id', this.correlationId);
    if (this.isSecure) {
      all.push('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
    }
    // Node's types know only an array of header values here; the flat array is documented.
    this.response.writeHead(status, all as unknown as Record<string, string>);
  }

  send(status: number, headers: HeaderPairs, body?: Buffer): void {
    this.start(status, headers);
    const content = this.method === 'HEAD' ? undefined : body;
    if (this.response.shouldKeepAlive || this.request.complete) this.response.end(content);
    else this.#endAfterBody(content);
  }

  /** A connection that is to close would be reset under a client that still sends, and the answer be lost. */
  #endAfterBody(content: Buffer | undefined): void {
    if (content) this.response.write(content);
    this.request.once('close', () => this.response.end());
    discardRest(this.request);
  }

  /** An answer without a body that says so. */
  sendEmpty(status: number, headers: HeaderPairs = []): void {
    this.send(status, status === 204 ? headers : [...headers, 'Content-Length', 0]);
  }

  sendJson(status: number, body: unknown, headers: HeaderPairs = []): void {
    this.sendJsonText(status, Buffer.from(JSON.stringify(body)), headers);
  }

  sendJsonText(status: number, body: Buffer, headers: HeaderPairs = []): void {
    const type = ['Content-Type', 'application/json; charset=utf-8'];
    this.send(status, [...type, 'Content-Length', body.length, ...headers], body);
  }

  /** A query parameter that must be there. */
  requireQuery(name: string): string {
    const value = this.query.get(name);
    if (value === null || value === '') {
      throw new RegistryError('BAD_REQUEST', { message: `the query has no "${name}"` });
    }
    return value;
  }
}
