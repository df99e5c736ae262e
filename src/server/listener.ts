import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { codeOf, Failure } from '../base/failure.js';
import { holderOfPort } from '../runtime/embedded/listening-ports.js';
import type { CertificateAuthority } from './certificate-authority.js';

/** The first byte of a TLS record that opens a handshake. */
const TLS_HANDSHAKE = 0x16;
/** A connection that says nothing is closed after this. */
const FIRST_BYTE_TIMEOUT_MS = 60_000;
const HEAD_TIMEOUT_MS = 30_000;

export interface ListenerOptions {
  /** e.g. `'127.0.0.1'` */
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** What a person can do when the port can't be had. */
  help?: string;
  authority: CertificateAuthority;
  /** How long the head of a request may take; 30 seconds when not given. */
  headTimeoutMs?: number;
  onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** One port that speaks HTTPS and, for clients that only do plain HTTP on loopback, HTTP too. */
export class Listener {
  readonly port: number;
  readonly #servers: readonly NetServer[];
  readonly #sockets: Set<Socket>;

  private constructor(servers: readonly NetServer[], sockets: Set<Socket>, port: number) {
    this.#servers = servers;
    this.#sockets = sockets;
    this.port = port;
  }

  /** @throws Failure when the port is taken or may not be bound. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const sockets = new Set<Socket>();
    const { headTimeoutMs = HEAD_TIMEOUT_MS } = options;
    const watch = { connectionsCheckingInterval: headTimeoutMs };
    const plain = createHttpServer(watch, options.onRequest);
    const secure = createHttpsServer(
      { SNICallback: options.authority.selectContext, ALPNProtocols: ['http/1.1'], ...watch },
      options.onRequest,
    );
    secure.setSecureContext(options.authority.defaultOptions);
    for (const server of [plain, secure]) {
      if (options.onUpgrade) server.on('upgrade', options.onUpgrade);
      // An upload may take hours; a stalled header or a silent connection may not.
      server.requestTimeout = 0;
      server.headersTimeout = headTimeoutMs;
      server.keepAliveTimeout = 60_000;
      // These two get their connections from below and never listen, but only then do they watch their timeouts.
      server.emit('listening');
    }
    const server = createNetServer((socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.setNoDelay(true);
      dispatch(socket, plain, secure);
    });
    const port = await listen(server, options);
    return new Listener([server, plain, secure], sockets, port);
  }

  /** Stops accepting and ends open connections. */
  async close(): Promise<void> {
    const closed = this.#servers.map(closeServer);
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }
}

/** One that does not listen is as good as closed. */
async function closeServer(server: NetServer): Promise<void> {
  await new Promise<void>((done) => {
    server.close(() => {
      done();
    });
  });
}

/** @throws Failure when the port is taken or may not be bound. */
export async function refuseTakenPort(host: string, port: number, help?: string): Promise<void> {
  if (port === 0) return;
  const server = createNetServer();
  await listen(server, { host, port, ...(help !== undefined && { help }) });
  await closeServer(server);
}

/** Hands the connection to the HTTP or the HTTPS server, by its first byte. */
function dispatch(socket: Socket, plain: NetServer, secure: NetServer): void {
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
    (chunk[0] === TLS_HANDSHAKE ? secure : plain).emit('connection', socket);
  });
}

async function listen(
  server: NetServer,
  address: Pick<ListenerOptions, 'host' | 'port' | 'help'>,
): Promise<number> {
  const { host, port } = address;
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, done);
  }).catch(async (error: unknown) => {
    throw await listenFailure(error, address);
  });
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : port;
}

async function listenFailure(
  error: unknown,
  { host, port, help }: Pick<ListenerOptions, 'host' | 'port' | 'help'>,
): Promise<unknown> {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new Failure(`port ${port} on ${host} is in use`, {
        why: await describeHolder(port),
        help: help ?? 'lazurite up --port 0   (takes a free port; `lazurite status` tells which)',
        cause: error,
      });
    case 'EACCES':
      return new Failure(`may not listen on port ${port} of ${host}`, {
        why: 'ports below 1024 need root or CAP_NET_BIND_SERVICE',
        help: help ?? 'lazurite up --port 7443',
        cause: error,
      });
    default:
      return error;
  }
}

async function describeHolder(port: number): Promise<string> {
  const holder = await holderOfPort(port);
  return holder === undefined
    ? 'another program listens there'
    : `${holder.program} (process ${holder.pid}) listens there`;
}
