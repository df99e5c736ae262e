import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { TerminalSize } from '../runtime.js';
import { readPaced } from '../paced-reading.js';
import { CellError } from './cell.js';
import { signalName } from './signals.js';

/** One container to start through the helper; `options` are its NAME=VALUE words. */
export interface MonitorOptions {
  cell: string;
  options: string[];
  argv: string[];
  env: Record<string, string>;
  /** Left out for a process at a terminal: then `input` and `output` are the caller's. */
  onOutput?: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
}

export interface MonitoredExit {
  code: number;
  signal?: string;
}

/** The helper process that started a container, watches it, and dies with this process. */
export class Monitor {
  /** Of the container's first process. */
  readonly pid: number;
  readonly exited: Promise<MonitoredExit>;
  readonly input: Writable;
  readonly output: Readable;
  readonly #control: Duplex;

  private constructor(child: ChildProcess, pid: number, exited: Promise<MonitoredExit>) {
    this.pid = pid;
    this.exited = exited;
    this.input = child.stdin as Writable;
    this.output = child.stdout as Readable;
    this.#control = child.stdio[3] as Duplex;
  }

  /**
   * Resolves once the program runs.
   *
   * @throws CellError at step `'exec'` when the program cannot be executed, at another when the container
   *   cannot be made.
   */
  static async start(options: MonitorOptions): Promise<Monitor> {
    const words = ['run', ...options.options, '--', ...options.argv];
    const { onOutput } = options;
    const child = spawn(options.cell, words, {
      stdio: [onOutput ? 'ignore' : 'pipe', 'pipe', 'pipe', 'pipe'],
      env: options.env,
      cwd: '/',
    });
    const control = child.stdio[3] as Duplex;
    control.on('error', () => undefined); // a signal for a container that ended: `exited` tells
    const lines = new ControlLines(control);
    const closed = new Promise<void>((resolve) =>
      child.once('close', () => {
        resolve();
      }),
    );
    if (onOutput) collectOutput(child, onOutput);
    else child.stdin?.on('error', () => undefined); // typed for one that ended: `exited` tells
    await lines.started(child);
    const exited = closed.then(() => lines.exit);
    return new Monitor(child, lines.pid, exited);
  }

  signal(number: number): void {
    if (this.#control.writable) this.#control.write(`s ${number}\n`);
  }

  resize({ columns, rows }: TerminalSize): void {
    if (this.#control.writable) this.#control.write(`w ${columns} ${rows}\n`);
  }
}

function collectOutput(
  child: ChildProcess,
  onOutput: NonNullable<MonitorOptions['onOutput']>,
): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = child[name];
    if (stream) {
      readPaced(stream, (chunk) => {
        onOutput(name, chunk);
      });
    }
  }
}

/** The helper's account of the container, line by line. */
class ControlLines {
  pid = 0;
  /** A helper that was itself killed took the container along. */
  exit: MonitoredExit = { code: 137, signal: 'SIGKILL' };
  readonly #control: Duplex;
  #partial = '';
  #error: CellError | undefined;
  #onRunning: () => void = () => undefined;

  constructor(control: Duplex) {
    this.#control = control;
    control.on('data', (chunk: Buffer) => {
      const lines = (this.#partial + chunk.toString('latin1')).split('\n');
      this.#partial = lines.pop() ?? '';
      for (const line of lines) this.#hear(line);
    });
  }

  #hear(line: string): void {
    const [word, first = '', second = ''] = line.split(' ');
    if (word === 'pid') this.pid = Number(first);
    if (word === 'error') this.#error = new CellError(first.replaceAll('-', ' '), Number(second));
    if (word === 'running') this.#onRunning();
    if (word === 'exit') {
      const signal = signalName(Number(second));
      this.exit = { code: Number(first), ...(signal && { signal }) };
    }
  }

  started(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        if (this.#error) reject(this.#error);
        else if (this.pid) resolve();
        else reject(new CellError('start container', 0));
      };
      this.#onRunning = settle;
      child.once('error', reject);
      child.once('close', settle);
      this.#control.once('end', settle);
    });
  }
}
