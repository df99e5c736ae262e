import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Step } from './definition.js';

const KEYS = 'Enter runs it, h tells what to look for, q ends the run';

/** Walks through a lab by hand: shows each step before it is run, and waits for the word. */
export class StepPrompt {
  readonly #lines: AsyncIterator<string>;
  readonly #interface: Interface;
  readonly #output: Writable;

  constructor(input: Readable, output: Writable) {
    this.#interface = createInterface({ input, terminal: false });
    this.#lines = this.#interface[Symbol.asyncIterator]();
    this.#output = output;
  }

  /**
   * @returns `'stop'` for q, and when the input has ended
   * @throws the signal's reason when it is aborted meanwhile
   */
  async ask(step: Step, signal: AbortSignal): Promise<'go' | 'stop'> {
    this.#say(`\n${step.phase}: ${step.title}\n  $ ${step.run.replaceAll('\n', '\n    ')}\n`);
    for (;;) {
      this.#say(`(${KEYS}) `);
      const line = await unlessAborted(this.#lines.next(), signal);
      if (line.done === true || line.value.trim() === 'q') return 'stop';
      if (line.value.trim() === '') return 'go';
      this.#say(hintsOf(step));
    }
  }

  close(): void {
    this.#interface.close();
  }

  #say(text: string): void {
    this.#output.write(text);
  }
}

/** A line that nobody types must not keep Ctrl-C waiting. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('interrupted'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

function hintsOf(step: Step): string {
  if (step.gates.length === 0) return '  it prepares what the next steps look at\n';
  return step.gates.map((gate) => `  look for: ${gate.expect}\n`).join('');
}
