import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../base/clock.js';
import { readPaced } from '../paced-reading.js';
import type { Engine } from './engine.js';
import { OutputFrames } from './output-frames.js';

/** The rest of the output of a program that has ended comes without longer breaks. */
const BREAK_MS = 2000;

/** What a container writes. It is read at a pace; the engine holds a megabyte and then lets the program wait. */
export class ContainerOutput {
  readonly #ended: Promise<void>;
  #chunks = 0;
  #isOver = false;

  private constructor(
    stream: IncomingMessage,
    onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void,
  ) {
    const frames = new OutputFrames(onOutput);
    readPaced(stream, (chunk) => {
      this.#chunks += 1;
      frames.push(chunk);
    });
    this.#ended = new Promise((resolve) => {
      stream
        .once('error', () => undefined) // the engine went away; the container's end tells more
        .once('close', () => {
          this.#isOver = true;
          resolve();
        });
    });
  }

  /** @throws EngineError */
  static async attach(
    engine: Engine,
    id: string,
    onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void,
  ): Promise<ContainerOutput> {
    const query = { stream: '1', stdout: '1', stderr: '1' };
    const stream = await engine.open('POST', `/containers/${id}/attach`, { query });
    return new ContainerOutput(stream, onOutput);
  }

  /** Waits for the rest of it, once the program has ended. */
  async rest(clock: Clock): Promise<void> {
    for (let seen = -1; !this.#isOver && this.#chunks > seen;) {
      seen = this.#chunks;
      const late = new AbortController();
      await Promise.race([this.#ended, clock.sleep(BREAK_MS, late.signal).catch(() => undefined)]);
      late.abort();
    }
  }
}
