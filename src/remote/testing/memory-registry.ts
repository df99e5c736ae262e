import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { digestOf } from '../../oci/digest.js';

/** A registry for tests, in memory: no credentials unless asked for, no ranges, one upload request. */
export class MemoryRegistry {
  /** By `repository/tag` and `repository/digest`. */
  readonly manifests = new Map<string, { mediaType: string; bytes: Buffer }>();
  readonly blobs = new Map<string, Buffer>();
  /** `METHOD path` of each request. */
  readonly requests: string[] = [];
  /** Called before each request; an answer it gives ends the request. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy()); // the client hung up
    });
  }

  static async start(): Promise<MemoryRegistry> {
    const registry = new MemoryRegistry();
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  /** e.g. `'127.0.0.1:40123'` */
  get host(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `127.0.0.1:${address.port}`;
  }

  get baseUrl(): string {
    return `http://${this.host}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x');
    this.requests.push(`${request.method ?? ''} ${url.pathname}`);
    if (this.intercept?.(request, response)) return;
    const body = await buffer(request);
    const match = /^\/v2\/(.+)\/(manifests|blobs)\/(uploads\/.*|[^/]+)$/.exec(url.pathname);
    const [, repository = '', kind, name = ''] = match ?? [];
    if (kind === 'manifests') this.#manifest(request, response, `${repository}/${name}`, body);
    else if (name.startsWith('uploads/')) this.#upload(request, response, url, body);
    else if (kind === 'blobs') this.#blob(request, response, name);
    else response.writeHead(404).end();
  }

  #manifest(request: IncomingMessage, response: ServerResponse, key: string, body: Buffer): void {
    if (request.method === 'PUT') {
      const stored = { mediaType: request.headers['content-type'] ?? '', bytes: body };
      const digest = digestOf(body);
      this.manifests.set(key, stored);
      this.manifests.set(`${key.slice(0, key.lastIndexOf('/'))}/${digest}`, stored);
      response.writeHead(201, { 'Docker-Content-Digest': digest }).end();
      return;
    }
    const stored = this.manifests.get(key);
    if (stored === undefined) {
      const error = { code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' };
      response.writeHead(404).end(JSON.stringify({ errors: [error] }));
      return;
    }
    const headers = {
      'Content-Type': stored.mediaType,
      'Docker-Content-Digest': digestOf(stored.bytes),
    };
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : stored.bytes);
  }

  #upload(request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer): void {
    if (request.method === 'POST') {
      response.writeHead(202, { Location: `${url.pathname}1` }).end();
      return;
    }
    const digest = url.searchParams.get('digest') ?? '';
    if (digestOf(body) === digest) this.blobs.set(digest, body);
    response.writeHead(this.blobs.has(digest) ? 201 : 400).end();
  }

  #blob(request: IncomingMessage, response: ServerResponse, digest: string): void {
    const bytes = this.blobs.get(digest);
    if (bytes === undefined) response.writeHead(404).end();
    else
      response
        .writeHead(200, { 'Content-Length': bytes.length })
        .end(request.method === 'HEAD' ? undefined : bytes);
  }
}
