import type { Duplex } from 'node:stream';
import { codeOf } from '../../../base/failure.js';
import { ResponseParser } from './response-parser.js';
import type { ResponseReader } from './response-parser.js';

/** A request and its answer, as the connection sees them that carries them. */
export interface Exchange extends ResponseReader {
  /** All that has come so far was told, and the answer goes on. */
  onLull(): void;
  /** The connection takes more of the request's body. */
  onDrain(): void;
  /**
   * The connection is gone before the request was sent and the answer has come.
   *
   * @param untouched whether the program closed it while it was idle, as far as can be told: it is one that was used
   *   before, and not a byte of an answer has come
   */
  onBroken(untouched: boolean): void;
}

/** Who keeps connections for later. */
export interface Keeper {
  /** It can carry another exchange. */
  freed(connection: Connection): void;
  closed(connection: Connection): void;
}

/** How a connection ends that the other side no longer wants. */
const HUNG_UP = new Set([undefined, 'ECONNRESET', 'EPIPE']);

/** Before the program closes an idle connection, as it said it would; a request may be under way that long. */
const IDLE_MARGIN_MS = 1000;

/** A connection with a program, which carries one exchange at a time. */
export class Connection {
  readonly #socket: Duplex;
  readonly #keeper: Keeper;
  readonly #parser = new ResponseParser();
  #exchange: Exchange | undefined;
  #sending = false;
  #exchanges = 0;
  #error: unknown;
  #freeUntil = Infinity;

  constructor(socket: Duplex, keeper: Keeper) {
    this.#socket = socket;
    this.#keeper = keeper;
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    socket.on('drain', () => this.#exchange?.onDrain());
    socket.on('end', () => {
      this.#ended();
    });
    socket.on('error', (error) => (this.#error = error));
    socket.on('close', () => {
      this.#closed();
    });
  }

  /** Whether the program may close it any moment, going by what it said. */
  get expired(): boolean {
    return this.#freeUntil !== Infinity && performance.now() >= this.#freeUntil;
  }

  /**
   * Sends a request.
   *
   * @param head with the empty line at its end
   * @param options.body what there is of the body; `send` sends more
   * @param options.headOnly whether the answer will have no body, whatever it says: the method is HEAD
   */
  begin(
    exchange: Exchange,
    head: string,
    { body, headOnly }: { body: Buffer | string | undefined; headOnly: boolean },
  ): void {
    this.#exchange = exchange;
    this.#exchanges += 1;
    this.#sending = true;
    this.#parser.begin(exchange, headOnly);
    if (body === undefined) {
      this.#socket.write(head, 'latin1');
      return;
    }
    this.#socket.cork();
    this.#socket.write(head, 'latin1');
    this.#socket.write(body, 'latin1');
    this.#socket.uncork();
  }

  /** @returns false when no more should follow before `onDrain` */
  send(chunk: Buffer | string): boolean {
    return this.#socket.write(chunk, 'latin1');
  }

  /** The request has been sent to its end. */
  endRequest(): void {
    this.#sending = false;
    if (!this.#parser.busy) this.#release();
  }

  /** Reads no more until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends it without a word to the exchange. */
  destroy(): void {
    this.#exchange = undefined;
    this.#parser.abandon();
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    try {
      this.#parser.feed(chunk);
    } catch (error) {
      this.#break(error);
      return;
    }
    if (this.#parser.busy) this.#exchange?.onLull();
    else if (!this.#sending) this.#release();
  }

  #ended(): void {
    try {
      this.#parser.finish();
      this.#socket.destroy();
    } catch (error) {
      this.#break(error);
    }
  }

  #break(error: unknown): void {
    this.#error = error;
    this.#socket.destroy();
  }

  #closed(): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#keeper.closed(this);
    const { busy, begun } = this.#parser;
    if (!exchange || (!busy && !this.#sending)) return;
    const untouched = busy && !begun && this.#exchanges > 1 && HUNG_UP.has(codeOf(this.#error));
    this.#parser.abandon();
    exchange.onBroken(untouched);
  }

  /** Both the request and the answer have come to their end. */
  #release(): void {
    const { head } = this.#parser;
    this.#exchange = undefined;
    if (this.#socket.destroyed || !head?.keepsAlive) {
      this.#socket.destroy();
      return;
    }
    if (head.idleMs !== undefined) {
      this.#freeUntil = performance.now() + head.idleMs - IDLE_MARGIN_MS;
    }
    this.#keeper.freed(this);
  }
}
