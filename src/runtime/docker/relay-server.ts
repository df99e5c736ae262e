import { Server, type Socket } from 'node:net';
import { errnoName } from '../embedded/cell.js';
import { askRelay, type RelayAddress } from './relay.js';

/**
 * A server for what runs in a sandbox: the relay listens there, and tells of each connection by a byte; then
 * it is taken by a connection of ours.
 */
export class RelayServer extends Server {
  readonly #relay: RelayAddress;
  readonly #port: number;
  readonly #control: Socket;
  readonly #ended: Promise<void>;
  readonly #onClose: (ended: Promise<void>) => void;

  private constructor(
    relay: RelayAddress,
    port: number,
    control: Socket,
    onClose: (ended: Promise<void>) => void,
  ) {
    super();
    this.#onClose = onClose;
    this.#relay = relay;
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
    port: number,
    onClose: (ended: Promise<void>) => void,
  ): Promise<RelayServer> {
    const { socket, errno } = await askRelay(relay, 'l', port);
    if (errno === 0) return new RelayServer(relay, port, socket, onClose);
    socket.destroy();
    const code = errnoName(errno);
    const message = `listen ${code}: port ${port} of the sandbox`;
    throw Object.assign(new Error(message), { code, port, syscall: 'listen' });
  }

  override address(): { address: string; family: string; port: number } {
    return { address: '127.0.0.1', family: 'IPv4', port: this.#port };
  }

  override close(done?: (error?: Error) => void): this {
    if (done) this.once('close', done);
    this.#onClose(this.#ended);
    this.#control.end();
    return this;
  }

  async #take(): Promise<void> {
    const taken = await askRelay(this.#relay, 't', this.#port).catch(() => undefined);
    if (taken?.errno === 0) this.emit('connection', taken.socket);
    else taken?.socket.destroy();
  }
}
