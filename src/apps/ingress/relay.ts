import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { isHttp2 } from './headers.js';
import type { Connection, Exchange } from './upstream/connection.js';
import type { ResponseHead } from './upstream/response-head.js';

const LINE_END = Buffer.from('\r\n');

/**
 * How it went: the client has its answer, or is gone; `untouched`: the program closed an idle connection that was
 * about to carry the request; `broken`: it hung up, or talks nonsense. After the last two the client waits still.
 */
export type Outcome = 'done' | 'untouched' | 'broken';

export interface Client {
  request: IncomingMessage;
  response: ServerResponse;
  /** Headers that the answer gets from here. */
  extraHeaders: OutgoingHttpHeaders;
}

/** The head of a request, and how its body follows. */
export interface Outgoing {
  head: string;
  /** `length`: as it comes; `chunked`: with its sizes between. */
  body: 'none' | 'length' | 'chunked';
}

/** Brings one request to the program, and its answer back. */
export class Relay implements Exchange {
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #settle: (outcome: Outcome) => void;
  #answered = false;
  #chunked = false;
  #sent = false;
  #held = false;
  /** The head has been written, and nothing after it. */
  #silent = false;

  private constructor(client: Client, connection: Connection, settle: (outcome: Outcome) => void) {
    this.#client = client;
    this.#connection = connection;
    this.#settle = settle;
  }

  /** Resolves when the client's answer is sent, or at once when there is none. */
  static run(client: Client, connection: Connection, outgoing: Outgoing): Promise<Outcome> {
    return new Promise((resolve) => {
      new Relay(client, connection, resolve).#begin(outgoing);
    });
  }

  #begin({ head, body }: Outgoing): void {
    const { request, response } = this.#client;
    response.once('close', this.#clientClosed);
    const headOnly = request.method === 'HEAD';
    if (body === 'none') {
      this.#connection.begin(this, head, { body: undefined, headOnly });
      this.#connection.endRequest();
      return;
    }
    this.#chunked = body === 'chunked';
    const here = request.read() as Buffer | null; // a short body has come with its head
    this.#connection.begin(this, head, { body: here ? this.#framed(here) : undefined, headOnly });
    request.on('data', this.#send);
    request.once('end', this.#sendEnd);
    request.once('close', this.#cut);
  }

  onHead(head: ResponseHead, whole: string | undefined): void {
    const { response } = this.#client;
    this.#writeHead(head);
    if (whole === undefined) this.#silent = true;
    else response.end(whole, 'latin1'); // one text costs Node half of what bytes do
  }

  onBody(chunk: Buffer): void {
    const { response } = this.#client;
    this.#silent = false;
    if (response.write(chunk) || this.#held) return;
    this.#held = true;
    this.#connection.pause();
    response.once('drain', () => {
      this.#held = false;
      if (!this.#answered) this.#connection.resume();
    });
  }

  onEnd(trailers: readonly string[]): void {
    const { response } = this.#client;
    this.#answered = true;
    if (this.#held) this.#connection.resume(); // for whoever is next
    if (response.writableEnded) return;
    if (trailers.length > 0) response.addTrailers(joined(trailers));
    response.end();
  }

  /** A stream that is silent for now has its head at once; otherwise that goes with the first bytes. */
  onLull(): void {
    if (!this.#silent) return;
    this.#silent = false;
    this.#client.response.flushHeaders();
  }

  onDrain(): void {
    this.#client.request.resume();
  }

  onBroken(untouched: boolean): void {
    const { request, response } = this.#client;
    request.off('data', this.#send).off('end', this.#sendEnd).off('close', this.#cut);
    request.resume(); // the client may be sending still, and hear of nothing before
    if (this.#answered) return;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.off('close', this.#clientClosed);
    this.#settle(untouched ? 'untouched' : 'broken');
  }

  /** After the answer, or before when the client has given up. */
  readonly #clientClosed = (): void => {
    if (!this.#answered) this.#connection.destroy();
    this.#settle('done');
  };

  readonly #send = (chunk: Buffer): void => {
    if (!this.#connection.send(this.#framed(chunk))) this.#client.request.pause();
  };

  readonly #sendEnd = (): void => {
    this.#sent = true;
    if (this.#chunked) this.#connection.send('0\r\n\r\n');
    this.#connection.endRequest();
  };

  /** The body breaks off: the program must not take what it has for all of it. */
  readonly #cut = (): void => {
    if (!this.#sent) this.#connection.destroy();
  };

  #framed(chunk: Buffer): Buffer {
    if (!this.#chunked) return chunk;
    const size = Buffer.from(`${chunk.length.toString(16)}\r\n`, 'latin1');
    return Buffer.concat([size, chunk, LINE_END]);
  }

  #writeHead({ status, reason, headers }: ResponseHead): void {
    const { request, response, extraHeaders } = this.#client;
    const all = isEmpty(extraHeaders) ? [...headers] : withExtra(headers, extraHeaders);
    if (isHttp2(request)) response.writeHead(status, joined(all));
    else response.writeHead(status, reason, all);
  }
}

function isEmpty(headers: OutgoingHttpHeaders): boolean {
  for (const _name in headers) return false;
  return true;
}

/** Those of the program that are not replaced, and those that are added; cookies are never replaced. */
function withExtra(headers: readonly string[], extra: OutgoingHttpHeaders): string[] {
  const added = Object.entries(extra).filter(([, value]) => value !== undefined);
  const replaced = new Set(added.map(([name]) => name).filter((name) => name !== 'set-cookie'));
  const kept = headers.flatMap((name, index) =>
    index % 2 === 0 && !replaced.has(name.toLowerCase()) ? [name, headers[index + 1] ?? ''] : [],
  );
  return [...kept, ...added.flatMap(([name, value]) => [name, String(value)])];
}

/** By name in lower case; what comes more than once is a list. */
function joined(headers: readonly string[]): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {};
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] ?? '').toLowerCase();
    const value = headers[index + 1] ?? '';
    const before = record[name];
    record[name] = before === undefined ? value : [...[before].flat(), value];
  }
  return record;
}
