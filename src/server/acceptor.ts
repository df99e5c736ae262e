import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import type { Server as NetServer, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { CertificateAuthority } from './certificate-authority.js';

/** The first byte of a TLS record that opens a handshake. */
const TLS_HANDSHAKE = 0x16;
/** A connection that says nothing is closed after this. */
const FIRST_BYTE_TIMEOUT_MS = 60_000;
const HEAD_TIMEOUT_MS = 30_000;

export interface AcceptorOptions {
  authority: CertificateAuthority;
  /** How long the head of a request may take; 30 seconds when not given. */
  headTimeoutMs?: number;
  onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** Takes connections from any port, and speaks HTTPS or plain HTTP on each, as its first byte wants. */
export class Acceptor {
  readonly #plain: HttpServer;
  readonly #secure: TlsServer;
  readonly #sockets = new Set<Socket>();

  constructor(options: AcceptorOptions) {
    this.#plain = httpServer(options);
    this.#secure = createTlsServer(
      { SNICallback: options.authority.selectContext, ALPNProtocols: ['http/1.1'] },
      (socket) => this.#plain.emit('connection', socket),
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
      (chunk[0] === TLS_HANDSHAKE ? this.#secure : this.#plain).emit('connection', socket);
    });
  }
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
