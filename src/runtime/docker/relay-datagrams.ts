import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { GATEWAY_ADDRESS } from '../gateway-link.js';
import type { Datagrams } from '../runtime.js';
import { openPort, type RelayAddress } from './relay.js';

/** Before each datagram: its length, the other side's address and its port. */
const HEAD_BYTES = 8;
/** What may wait to be sent; what comes on top is lost, as datagrams are. */
const MAX_WAITING_BYTES = 1024 * 1024;

interface Events {
  message: [message: Buffer, from: { address: string; port: number }];
  close: [];
}

/** Datagrams at the gateway of a sandbox, both ways over one connection to its relay. */
export class RelayDatagrams extends EventEmitter<Events> implements Datagrams {
  readonly #port: number;
  readonly #control: Socket;
  #held: Buffer = Buffer.alloc(0);

  private constructor(port: number, control: Socket) {
    super();
    this.#port = port;
    this.#control = control;
    control.on('data', (bytes: Buffer) => {
      this.#take(bytes);
    });
    control.on('error', () => undefined); // its end follows
    control.once('end', () => control.end());
    control.once('close', () => this.emit('close'));
  }

  /** @throws Error with a code, e.g. EADDRINUSE */
  static async open(relay: RelayAddress, port: number): Promise<RelayDatagrams> {
    return new RelayDatagrams(port, await openPort(relay, 'bind', 'gateway', port));
  }

  address(): { address: string; port: number } {
    return { address: GATEWAY_ADDRESS, port: this.#port };
  }

  send(message: Buffer, port: number, address: string, sent: () => void): void {
    if (!this.#control.writable || this.#control.writableLength > MAX_WAITING_BYTES) {
      setImmediate(sent);
      return;
    }
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt16BE(message.length, 0);
    head.set(address.split('.').map(Number), 2);
    head.writeUInt16BE(port, 6);
    this.#control.write(Buffer.concat([head, message]), () => {
      sent();
    });
  }

  close(): this {
    this.#control.end();
    return this;
  }

  #take(bytes: Buffer): void {
    let rest = Buffer.concat([this.#held, bytes]);
    while (rest.length >= HEAD_BYTES && rest.length >= HEAD_BYTES + rest.readUInt16BE(0)) {
      const end = HEAD_BYTES + rest.readUInt16BE(0);
      const address = rest.subarray(2, 6).join('.');
      this.emit('message', rest.subarray(HEAD_BYTES, end), { address, port: rest.readUInt16BE(6) });
      rest = rest.subarray(end);
    }
    this.#held = rest;
  }
}
