import { createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';
import { codeOf, Failure } from '../base/failure.js';
import { holderOfPort } from '../runtime/embedded/listening-ports.js';
import { Acceptor, closeServer, type AcceptorOptions } from './acceptor.js';

export interface ListenerOptions extends AcceptorOptions {
  /** e.g. `'127.0.0.1'` */
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** What a person can do when the port can't be had. */
  help?: string;
}

/** One port that speaks HTTPS and, for clients that only do plain HTTP on loopback, HTTP too. */
export class Listener {
  readonly port: number;
  readonly #server: NetServer;
  readonly #acceptor: Acceptor;

  private constructor(server: NetServer, acceptor: Acceptor, port: number) {
    this.#server = server;
    this.#acceptor = acceptor;
    this.port = port;
  }

  /** @throws Failure when the port is taken or may not be bound. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const server = createNetServer();
    const acceptor = new Acceptor(options);
    acceptor.serve(server);
    const port = await listen(server, options);
    return new Listener(server, acceptor, port);
  }

  /** Stops accepting and ends open connections. */
  async close(): Promise<void> {
    const closed = closeServer(this.#server);
    await this.#acceptor.close();
    await closed;
  }
}

/** One port whose connections are taken as they are. */
export class TcpListener {
  readonly port: number;
  readonly #server: NetServer;
  readonly #sockets: ReadonlySet<Socket>;

  private constructor(server: NetServer, sockets: ReadonlySet<Socket>, port: number) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = port;
  }

  /** @throws Failure when the port is taken or may not be bound. */
  static async open(
    address: Pick<ListenerOptions, 'host' | 'port'>,
    onConnection: (socket: Socket) => void,
  ): Promise<TcpListener> {
    const sockets = new Set<Socket>();
    const server = createNetServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      onConnection(socket);
    });
    return new TcpListener(server, sockets, await listen(server, address));
  }

  async close(): Promise<void> {
    const closed = closeServer(this.#server);
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** @throws Failure when the port is taken or may not be bound. */
export async function refuseTakenPort(host: string, port: number, help?: string): Promise<void> {
  if (port === 0) return;
  const server = createNetServer();
  await listen(server, { host, port, ...(help !== undefined && { help }) });
  await closeServer(server);
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
