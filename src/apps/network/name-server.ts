import type { Server } from 'node:net';
import type { Datagrams } from '../../runtime/runtime.js';
import { answerQuery, refuse } from './dns-answer.js';
import { framed, onMessages, type Upstream } from './upstream.js';

/** Queries of one socket that are on their way at once; a program that asks more gets no answer. */
const MAX_IN_FLIGHT = 256;
const IDLE_MS = 30_000;

export interface NameServerOptions {
  /** Names that are known here, in lower case. */
  addressOf: (name: string) => string | undefined;
  /** Gets every other query. */
  upstream: Upstream;
}

/** Answers the names of apps, and passes every other question on to this machine's name servers. */
export class NameServer {
  readonly #options: NameServerOptions;

  constructor(options: NameServerOptions) {
    this.#options = options;
  }

  serveDatagrams(socket: Datagrams): void {
    let inFlight = 0;
    socket.on('message', (query, { port, address }) => {
      if (inFlight >= MAX_IN_FLIGHT) return;
      inFlight += 1;
      void this.#reply(query, 'datagram').then((reply) => {
        inFlight -= 1;
        if (reply) socket.send(reply, port, address, () => undefined); // the asker may be gone
      });
    });
  }

  serveStreams(server: Server): void {
    server.on('connection', (socket) => {
      socket.on('error', () => socket.destroy());
      socket.setTimeout(IDLE_MS, () => socket.destroy());
      let inFlight = 0;
      onMessages(socket, (query) => {
        if (inFlight >= MAX_IN_FLIGHT) return;
        inFlight += 1;
        void this.#reply(query, 'stream').then((reply) => {
          inFlight -= 1;
          if (reply && !socket.destroyed) socket.write(framed(reply));
        });
      });
    });
  }

  async #reply(query: Buffer, over: 'datagram' | 'stream'): Promise<Buffer | undefined> {
    const { addressOf, upstream } = this.#options;
    const verdict = answerQuery(query, addressOf);
    if (verdict === 'drop') return undefined;
    if (verdict !== 'forward') return verdict.reply;
    return upstream.ask(query, over).catch(() => refuse(query, 'SERVFAIL'));
  }
}
