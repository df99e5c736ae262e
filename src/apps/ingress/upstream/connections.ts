import type { Duplex } from 'node:stream';
import { Connection } from './connection.js';

/** Idle ones beyond these are closed. */
const MAX_IDLE = 64;

/** The connections with one program, kept between requests. */
export class Connections {
  readonly #dial: () => Promise<Duplex>;
  /** The one used last at the end: it is the least likely to be closed by the program just now. */
  readonly #idle: Connection[] = [];

  constructor(dial: () => Promise<Duplex>) {
    this.#dial = dial;
  }

  /** One that is open already; it may turn out that the program has just closed it. */
  take(): Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (!connection?.expired) return connection;
      connection.destroy();
    }
  }

  /** @throws what dialling throws */
  async open(): Promise<Connection> {
    return new Connection(await this.#dial(), this);
  }

  freed(connection: Connection): void {
    if (this.#idle.length < MAX_IDLE) this.#idle.push(connection);
    else connection.destroy();
  }

  closed(connection: Connection): void {
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
  }
}
