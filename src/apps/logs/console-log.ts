import { EventEmitter } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../base/clock.js';
import { BoundedLines } from './bounded-lines.js';

/** One line a container wrote. */
export interface ConsoleLine {
  /** ISO 8601, e.g. `'2026-06-22T15:14:25.123Z'` */
  time: string;
  stream: 'stdout' | 'stderr';
  text: string;
}

type Stream = ConsoleLine['stream'];

/** Lines kept for one container of one replica. */
const MAX_CONSOLE_LINES = 1000;
/** A longer line is cut, as container runtimes do. */
const MAX_LINE_LENGTH = 16 * 1024;

/** What one container wrote, over all its restarts. */
export class ConsoleLog {
  readonly #clock: Clock;
  readonly #lines: BoundedLines;
  readonly #emitter = new EventEmitter();
  readonly #partial: Record<Stream, string> = { stdout: '', stderr: '' };
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };

  constructor(options: { path: string; clock: Clock }) {
    this.#clock = options.clock;
    this.#lines = new BoundedLines(options.path, MAX_CONSOLE_LINES);
    this.#lines.load();
    this.#emitter.setMaxListeners(0);
  }

  write(stream: Stream, chunk: Buffer): void {
    const pieces = (this.#partial[stream] + this.#decoders[stream].write(chunk)).split('\n');
    this.#partial[stream] = pieces.pop() ?? '';
    // of a flood only what would be kept is looked at
    for (const piece of pieces.slice(-MAX_CONSOLE_LINES)) {
      this.#line(stream, piece.replace(/\r$/, ''));
    }
    if (this.#partial[stream].length >= MAX_LINE_LENGTH) this.endLine(stream);
  }

  /** Ends an unfinished line; call when the process has ended. */
  endLine(stream: Stream): void {
    if (this.#partial[stream] === '') return;
    this.#line(stream, this.#partial[stream]);
    this.#partial[stream] = '';
  }

  /** @param count the newest so many, oldest of them first */
  tail(count: number): ConsoleLine[] {
    return this.#lines.tail(count).flatMap(parseLine);
  }

  /** @returns how to stop */
  follow(listener: (line: ConsoleLine) => void): () => void {
    this.#emitter.on('line', listener);
    return () => this.#emitter.off('line', listener);
  }

  flush(): Promise<void> {
    return this.#lines.flush();
  }

  #line(stream: Stream, text: string): void {
    const time = this.#clock.now().toISOString();
    this.#lines.append(`${time} ${stream} ${text}`);
    this.#emitter.emit('line', { time, stream, text } satisfies ConsoleLine);
  }
}

const LINE = /^(\S+) (stdout|stderr) (.*)$/s;

function parseLine(line: string): ConsoleLine[] {
  const match = LINE.exec(line);
  if (!match) return [];
  const [, time = '', stream, text = ''] = match;
  return [{ time, stream: stream === 'stderr' ? 'stderr' : 'stdout', text }];
}
