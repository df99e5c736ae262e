import { BadResponseError, parseResponseHead, parseTrailers } from './response-head.js';
import type { ResponseHead } from './response-head.js';

/** Gets the parts of an answer as they come, in their order. */
export interface ResponseReader {
  /** @param whole the body as latin1 text, when it is short and came with the head; `onEnd` follows at once */
  onHead(head: ResponseHead, whole: string | undefined): void;
  onBody(chunk: Buffer): void;
  /** @param trailers names and values in turn */
  onEnd(trailers: readonly string[]): void;
  /**
   * The program speaks another protocol from now on. Without this method that is refused.
   *
   * @param text the head as it was sent, with the empty line at its end
   * @param rest what came after it
   */
  onUpgrade?(text: string, rest: Buffer): void;
}

type State = 'idle' | 'head' | 'body' | 'until-close' | 'size' | 'chunk' | 'chunk-end' | 'trailers';

const MAX_HEAD_BYTES = 65_536;
const MAX_LINE_BYTES = 4096;
const MAX_TRAILERS = 100;
/** Longer bodies are passed on as bytes. */
const WHOLE_BYTES = 16_384;
/** Longer heads are parsed each time. */
const REMEMBERED_BYTES = 2048;
const HEAD_END = '\r\n\r\n';
const LINE_END = '\r\n';
const SIZE_LINE = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;
const NOTHING = Buffer.alloc(0);

/** Reads the answers that come over one connection, one after the other. */
export class ResponseParser {
  #state: State = 'idle';
  #reader: ResponseReader | undefined;
  #headOnly = false;
  #begun = false;
  #head: ResponseHead | undefined;
  /** Bytes of the body or the chunk that are still to come. */
  #left = 0;
  /** What has come of a head or a line whose end has not. */
  #pending: Buffer = NOTHING;
  /** Where in the latest chunk the head or line that was found last ends. */
  #next = 0;
  #trailers: string[] = [];
  #known: { text: string; head: ResponseHead } | undefined;

  /** Whether an answer is awaited or under way. */
  get busy(): boolean {
    return this.#state !== 'idle';
  }

  /** Whether any of the answer has come. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Of the latest answer. */
  get head(): ResponseHead | undefined {
    return this.#head;
  }

  /** @param headOnly whether the request asks for nothing else */
  begin(reader: ResponseReader, headOnly: boolean): void {
    this.#reader = reader;
    this.#headOnly = headOnly;
    this.#begun = false;
    this.#head = undefined;
    this.#state = 'head';
  }

  /** What is still to come of the answer is told to nobody. */
  abandon(): void {
    this.#reader = undefined;
  }

  /** @throws BadResponseError */
  feed(chunk: Buffer): void {
    this.#begun = true;
    let at = 0;
    while (at < chunk.length) at = this.#step(chunk, at);
  }

  /**
   * Nothing more will come.
   *
   * @throws BadResponseError when the answer breaks off
   */
  finish(): void {
    if (this.#state === 'until-close') this.#end();
    else if (this.busy) throw new BadResponseError('the answer breaks off');
  }

  /** @returns where that begins which it has not taken */
  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(chunk, at);
      case 'body':
      case 'chunk':
        return this.#readBody(chunk, at);
      case 'until-close':
        this.#reader?.onBody(chunk.subarray(at));
        return chunk.length;
      case 'size':
      case 'chunk-end':
      case 'trailers':
        return this.#readLine(chunk, at);
      case 'idle':
        throw new BadResponseError('bytes that nobody asked for');
    }
  }

  #readHead(chunk: Buffer, at: number): number {
    const text = this.#textUntil(HEAD_END, chunk, at, MAX_HEAD_BYTES);
    if (text === undefined) return chunk.length;
    const next = this.#next;
    const head = this.#parse(text);
    if (head.status === 101) return this.#upgrade(text, chunk, next);
    if (head.status < 200) return next; // the answer itself is still to come
    this.#head = head;
    const bodiless = this.#headOnly || head.status === 204 || head.status === 304;
    const body = bodiless ? 0 : head.body;
    const whole = body === 0 || (body === chunk.length - next && body <= WHOLE_BYTES);
    if (whole) {
      this.#reader?.onHead(head, chunk.toString('latin1', next, next + body));
      this.#end();
      return next + body;
    }
    this.#left = typeof body === 'number' ? body : 0;
    this.#state = body === 'chunked' ? 'size' : body === 'until-close' ? body : 'body';
    this.#reader?.onHead(head, undefined);
    return next;
  }

  #upgrade(text: string, chunk: Buffer, next: number): number {
    const reader = this.#reader;
    if (!reader?.onUpgrade) throw new BadResponseError('an upgrade that nobody asked for');
    this.#state = 'idle';
    this.#reader = undefined;
    reader.onUpgrade(text + HEAD_END, chunk.subarray(next));
    return chunk.length;
  }

  /** Programs repeat themselves: within a second even `Date` is the same. */
  #parse(text: string): ResponseHead {
    if (this.#known?.text === text) return this.#known.head;
    const head = parseResponseHead(text);
    if (text.length <= REMEMBERED_BYTES) this.#known = { text, head };
    return head;
  }

  #readBody(chunk: Buffer, at: number): number {
    const next = Math.min(chunk.length, at + this.#left);
    this.#left -= next - at;
    this.#reader?.onBody(next - at === chunk.length ? chunk : chunk.subarray(at, next));
    if (this.#left === 0) {
      if (this.#state === 'body') this.#end();
      else this.#state = 'chunk-end';
    }
    return next;
  }

  #readLine(chunk: Buffer, at: number): number {
    const line = this.#textUntil(LINE_END, chunk, at, MAX_LINE_BYTES);
    if (line === undefined) return chunk.length;
    if (this.#state === 'size') this.#chunkBegins(line);
    else if (this.#state === 'trailers') this.#trailer(line);
    else if (line === '') this.#state = 'size';
    else throw new BadResponseError('a chunk that is longer than its size');
    return this.#next;
  }

  #chunkBegins(line: string): void {
    const [, size] = SIZE_LINE.exec(line) ?? [];
    if (size === undefined) throw new BadResponseError('no chunk size');
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
  }

  #trailer(line: string): void {
    if (line === '') {
      const trailers = parseTrailers(this.#trailers);
      this.#trailers = [];
      this.#end(trailers);
    } else if (this.#trailers.push(line) > MAX_TRAILERS) {
      throw new BadResponseError('too many trailers');
    }
  }

  #end(trailers: readonly string[] = []): void {
    this.#state = 'idle';
    this.#reader?.onEnd(trailers);
    this.#reader = undefined;
  }

  /** @returns undefined while its end has not come; what has is kept */
  #textUntil(end: string, chunk: Buffer, at: number, limit: number): string | undefined {
    const before = this.#pending.length;
    const bytes = before === 0 ? chunk : Buffer.concat([this.#pending, chunk.subarray(at)]);
    const from = before === 0 ? at : 0;
    const found = bytes.indexOf(
      end,
      before === 0 ? at : Math.max(0, before - end.length),
      'latin1',
    );
    if ((found < 0 ? bytes.length : found) - from > limit) throw new BadResponseError('too long');
    if (found < 0) {
      this.#pending = before === 0 ? Buffer.from(chunk.subarray(at)) : bytes;
      return undefined;
    }
    this.#pending = NOTHING;
    this.#next = before === 0 ? found + end.length : at + found + end.length - before;
    return bytes.toString('latin1', from, found);
  }
}
