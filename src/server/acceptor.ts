import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { Server as NetServer, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { CertificateAuthority } from './certificate-authority.js';

/** The first byte of a TLS record that opens a handshake. */
const TLS_HANDSHAKE = 0x16;
/** How a client begins that knows of HTTP/2 beforehand. @see https://www.rfc-editor.org/rfc/rfc9113#section-3.4 */
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0');
/** A connection that says nothing is closed after this. */
const FIRST_BYTE_TIMEOUT_MS = 60_000;
const HEAD_TIMEOUT_MS = 30_000;

export interface AcceptorOptions {
  authority: CertificateAuthority;
  /** How long the head of a request may take; 30 seconds when not given. */
  headTimeoutMs?: number;
  onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Given the server of HTTP/1.1 before it serves. */
  prepare?: (server: HttpServer) => void;
  /** Whether HTTP/2 is spoken too, to whoever asks for a server name; without it to nobody. */
  http2?: (serverName: string) => boolean;
}

/** Takes connections from any port, and speaks HTTPS or plain HTTP on each, as its first bytes want. */
export class Acceptor {
  readonly #plain: HttpServer;
  readonly #secure: TlsServer;
  readonly #http2: Http2Server | undefined;
  readonly #sockets = new Set<Socket>();

  constructor(options: AcceptorOptions) {
    this.#plain = httpServer(options);
    this.#http2 = options.http2 && http2Server(options);
    this.#secure = createTlsServer(
      {
        SNICallback: options.authority.selectContext,
        ALPNCallback: ({ servername, protocols }) => {
          const wanted = options.http2?.(servername) ? ['h2', 'http/1.1'] : ['http/1.1'];
          return wanted.find((protocol) => protocols.includes(protocol));
        },
      },
      (socket) => {
        const server = socket.alpnProtocol === 'h2' ? this.#http2 : this.#plain;
        (server ?? this.#plain).emit('connection', socket);
      },
    );
    this.#secure.setSecureContext(options.authority.defaultOptions);
    this.#secure.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  /** Brings every connection of a server here. */
  serve(server: NetServer): void {
    server.on('connection', (socket: Socket) => {
      this.#accept(socket);
    });
  }

  /** Ends open connections. */
  async close(): Promise<void> {
    const closed = [this.#plain, this.#secure].map(closeServer);
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #serverFor(firstBytes: Buffer): NetServer {
    if (firstBytes[0] === TLS_HANDSHAKE) return this.#secure;
    const preface = firstBytes.subarray(0, HTTP2_PREFACE.length);
    return preface.equals(HTTP2_PREFACE) ? (this.#http2 ?? this.#plain) : this.#plain;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.setNoDelay(true);
    const giveUp = (): void => {
      socket.destroy();
    };
    socket.setTimeout(FIRST_BYTE_TIMEOUT_MS, giveUp);
    socket.once('error', giveUp);
    // Read in paused mode: what is put back then sits in the buffer that the TLS layer empties first.
    socket.once('readable', () => {
      const chunk = socket.read() as Buffer | null;
      socket.setTimeout(0);
      socket.removeListener('timeout', giveUp);
      socket.removeListener('error', giveUp);
      if (chunk === null) {
        socket.destroy(); // closed without a word
        return;
      }
      socket.unshift(chunk);
      this.#serverFor(chunk).emit('connection', socket);
    });
  }
}

/** Node's compatibility API gives a stream the face of an HTTP/1.1 exchange, but for these two. */
function http2Server({ onRequest }: AcceptorOptions): Http2Server {
  const server = createHttp2Server();
  server.on('request', (request: Http2ServerRequest, response: Http2ServerResponse) => {
    request.headers.host ??= request.authority;
    const { stream } = response;
    Object.defineProperty(response, 'destroyed', { get: () => stream.destroyed });
    onRequest(request as unknown as IncomingMessage, response as unknown as ServerResponse);
  });
  server.on('sessionError', () => undefined); // the client is gone, or never spoke HTTP/2
  return server;
}

function httpServer(options: AcceptorOptions): HttpServer {
  const { headTimeoutMs = HEAD_TIMEOUT_MS } = options;
  const server = createHttpServer(
    { connectionsCheckingInterval: headTimeoutMs },
    options.onRequest,
  );
  if (options.onUpgrade) server.on('upgrade', options.onUpgrade);
  // An upload may take hours; a stalled header or a silent connection may not.
  server.requestTimeout = 0;
  server.headersTimeout = headTimeoutMs;
  server.keepAliveTimeout = 60_000;
  options.prepare?.(server);
  // It gets its connections from above and never listens, but only then does it watch its timeouts.
  server.emit('listening');
  return server;
}

/** One that does not listen is as good as closed. */
export async function closeServer(server: NetServer): Promise<void> {
  await new Promise<void>((done) => {
    server.close(() => {
      done();
    });
  });
}
