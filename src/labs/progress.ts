import { styleText } from 'node:util';
import type { Phase } from './definition.js';
import type { GateResult } from './gates.js';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const TICK_MS = 100;

/** Where progress goes: stdout, or stderr when stdout is for the result. */
export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** Says what a run does, what it waits for and how its gates went, each line with the time since the start. */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #started = Date.now();
  readonly #isTerminal: boolean;
  readonly #colour: boolean;
  #ticker: NodeJS.Timeout | undefined;

  constructor(stream: ProgressStream, environment = process.env) {
    this.#stream = stream;
    this.#isTerminal = stream.isTTY === true;
    this.#colour = this.#isTerminal && !environment['NO_COLOR'];
  }

  phase(phase: Phase | 'start' | 'report'): void {
    this.#line(this.#style('bold', phase));
  }

  line(text: string): void {
    this.#line(`  ${text}`);
  }

  gate(gate: GateResult): void {
    const mark = gate.passed ? this.#style('green', 'pass') : this.#style('red', 'FAIL');
    this.#line(`    ${mark}  ${gate.expect}: ${gate.actual}`);
  }

  /** Shows what is waited for until the work is done; on a terminal, with the seconds it has taken. */
  async during<T>(text: string, work: () => Promise<T>): Promise<T> {
    if (!this.#isTerminal) {
      this.line(text);
      return await work();
    }
    const began = Date.now();
    let turn = 0;
    const draw = (): void => {
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      const line = `${this.#clock()}   ${SPINNER[turn % SPINNER.length] ?? ''} ${text} ${seconds} s`;
      this.#stream.write(`\r\u001b[K${line.slice(0, (this.#stream.columns ?? 100) - 1)}`);
      turn += 1;
    };
    draw();
    this.#ticker = setInterval(draw, TICK_MS);
    try {
      return await work();
    } finally {
      clearInterval(this.#ticker);
      this.#stream.write('\r\u001b[K');
      this.line(`${text} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    }
  }

  #line(text: string): void {
    this.#stream.write(`${this.#clock()} ${text}\n`);
  }

  #clock(): string {
    const seconds = ((Date.now() - this.#started) / 1000).toFixed(1);
    return this.#style('dim', `[${seconds.padStart(5)} s]`);
  }

  #style(style: 'bold' | 'dim' | 'green' | 'red', text: string): string {
    return this.#colour ? styleText(style, text, { validateStream: false }) : text;
  }
}
