import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { forwardedHeaders } from './headers.js';
import { PAGES, refuseUpgrade } from './pages.js';
import type { Upstream } from './proxy.js';
import { requestHead } from './request-head.js';
import type { ResponseHead } from './upstream/response-head.js';
import { ResponseParser } from './upstream/response-parser.js';
import type { ResponseReader } from './upstream/response-parser.js';

/**
 * Joins the client's connection with one into the replica, once the program has agreed. If it answers otherwise, the
 * client gets that answer and the connection ends: what else it asks there was not for this replica. Never throws.
 */
export async function proxyUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { replica, port }: Upstream,
): Promise<void> {
  const { upgrade, 'transfer-encoding': coding } = request.headers;
  const asked = requestHead(request, {
    ...forwardedHeaders(request),
    ...{ connection: 'Upgrade', upgrade },
    ...(coding !== undefined && { 'transfer-encoding': coding }), // what follows is passed on as it is
  });
  if (asked === undefined) {
    refuseUpgrade(socket, PAGES.badRequest);
    return;
  }
  let inner: Duplex;
  try {
    inner = await replica.dial(port);
  } catch {
    refuseUpgrade(socket, PAGES.connectFailure);
    return;
  }
  if (socket.destroyed) {
    inner.destroy();
    return;
  }
  inner.write(asked, 'latin1');
  if (head.length > 0) inner.write(head);
  new UpgradeAnswer(inner, socket).read(request.method === 'HEAD');
  await new Promise<void>((resolve) => {
    socket.once('close', resolve);
  });
}

/** What the program says to an upgrade. */
class UpgradeAnswer implements ResponseReader {
  readonly #inner: Duplex;
  readonly #socket: Duplex;
  readonly #parser = new ResponseParser();
  #begun = false;
  #ended = false;
  #chunked = false;

  constructor(inner: Duplex, socket: Duplex) {
    this.#inner = inner;
    this.#socket = socket;
  }

  read(headOnly: boolean): void {
    const [inner, socket] = [this.#inner, this.#socket];
    this.#parser.begin(this, headOnly);
    socket.on('error', () => socket.destroy()).on('close', () => inner.destroy());
    inner
      .on('error', () => inner.destroy())
      .on('close', () => {
        this.#broken();
      });
    inner.on('data', this.#take).on('end', this.#finish);
    socket.pipe(inner);
  }

  onUpgrade(text: string, rest: Buffer): void {
    this.#begun = true;
    this.#inner.off('data', this.#take).off('end', this.#finish);
    this.#socket.write(text, 'latin1');
    if (rest.length > 0) this.#socket.write(rest);
    this.#inner.pipe(this.#socket);
  }

  onHead({ status, reason, headers, body }: ResponseHead, whole: string | undefined): void {
    this.#begun = true;
    this.#chunked = whole === undefined && body === 'chunked';
    const pairs = [...headers, 'connection', 'close'];
    if (this.#chunked) pairs.push('transfer-encoding', 'chunked');
    const lines = pairs.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
    const start = `HTTP/1.1 ${status} ${reason}\r\n`;
    this.#socket.write(`${start}${lines.join('')}\r\n${whole ?? ''}`, 'latin1');
  }

  onBody(chunk: Buffer): void {
    if (this.#chunked) this.#socket.write(`${chunk.length.toString(16)}\r\n`);
    const more = this.#socket.write(chunk);
    if (this.#chunked) this.#socket.write('\r\n');
    if (more) return;
    this.#inner.pause();
    this.#socket.once('drain', () => this.#inner.resume());
  }

  onEnd(): void {
    this.#ended = true;
    this.#socket.unpipe(this.#inner).resume();
    this.#socket.end(this.#chunked ? '0\r\n\r\n' : '');
    this.#inner.destroy();
  }

  readonly #take = (chunk: Buffer): void => {
    this.#try(() => {
      this.#parser.feed(chunk);
    });
  };

  readonly #finish = (): void => {
    this.#try(() => {
      this.#parser.finish();
    });
  };

  #try(step: () => void): void {
    try {
      step();
    } catch {
      this.#inner.destroy();
    }
  }

  #broken(): void {
    if (this.#ended) return;
    if (this.#begun) this.#socket.destroy();
    else refuseUpgrade(this.#socket.resume(), PAGES.reset);
  }
}
