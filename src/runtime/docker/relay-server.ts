import { Server, type Socket } from 'node:net';
import { GATEWAY_ADDRESS, SANDBOX_ADDRESS } from '../gateway-link.js';
import type { ListenPlace } from '../runtime.js';
import { askRelay, openPort, type RelayAddress } from './relay.js';

/** Where a port of a sandbox is. */
export interface PortPlace {
  at: ListenPlace;
  port: number;
}

const ADDRESSES: Record<ListenPlace, string> = {
  inside: '127.0.0.1',
  gateway: GATEWAY_ADDRESS,
  metadata: '169.254.169.254',
};

/**
 * A server for what runs in a sandbox: the relay listens there, and tells of each connection by a byte; then
 * it is taken by a connection of ours.
 */
export class RelayServer extends Server {
  readonly #relay: RelayAddress;
  readonly #at: ListenPlace;
  readonly #port: number;
  readonly #control: Socket;
  readonly #ended: Promise<void>;
  readonly #onClose: (ended: Promise<void>) => void;

  private constructor(
    relay: RelayAddress,
    { at, port }: PortPlace,
    control: Socket,
    onClose: (ended: Promise<void>) => void,
  ) {
    super();
    this.#onClose = onClose;
    this.#relay = relay;
    this.#at = at;
    this.#port = port;
    this.#control = control;
    control.on('data', (bells: Buffer) => {
      for (let count = 0; count < bells.length; count++) void this.#take();
    });
    control.on('error', () => undefined); // its end follows
    control.once('end', () => control.end());
    this.#ended = new Promise((resolve) => {
      control.once('close', () => {
        resolve();
        this.emit('close');
      });
    });
  }

  /**
   * @param onClose called when it begins to close, with the moment when nothing listens inside any more
   * @throws Error with a code, e.g. EADDRINUSE
   */
  static async listen(
    relay: RelayAddress,
    place: PortPlace,
    onClose: (ended: Promise<void>) => void,
  ): Promise<RelayServer> {
    const control = await openPort(relay, 'listen', place.at, place.port);
    return new RelayServer(relay, place, control, onClose);
  }

  override address(): { address: string; family: string; port: number } {
    const address = ADDRESSES[this.#at];
    return { address, family: 'IPv4', port: this.#port };
  }

  override close(done?: (error?: Error) => void): this {
    if (done) this.once('close', done);
    this.#onClose(this.#ended);
    this.#control.end();
    return this;
  }

  async #take(): Promise<void> {
    const taken = await askRelay(this.#relay, 'take', this.#at, this.#port).catch(() => undefined);
    if (taken?.errno !== 0) {
      taken?.socket.destroy();
      return;
    }
    // Who asks is the program, not the relay that passes it on.
    const value = this.#at === 'inside' ? ADDRESSES.inside : SANDBOX_ADDRESS;
    Object.defineProperty(taken.socket, 'remoteAddress', { value });
    this.emit('connection', taken.socket);
  }
}
