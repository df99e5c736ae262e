import { stripVTControlCharacters, styleText } from 'node:util';
import type { BuildEvent, BuildStep } from '../../build/image-builder.js';
import { stepTitle, type BuildDisplay, type DisplayOptions } from './step-display.js';

export interface TerminalOptions extends DisplayOptions {
  columns: () => number;
  rows: () => number;
  /** Calls back until it is stopped; undefined in tests, which draw on every event. */
  every?: (redraw: () => void) => () => void;
}

interface ShownStep {
  title: string;
  startedAt: number;
  endedAt?: number;
  outcome?: 'done' | 'cached' | 'failed';
  lastLine?: string;
}

const MAX_FINISHED_STEPS = 12;

/** The steps with their times, redrawn in place, as buildx shows them on a terminal. */
export class TerminalDisplay implements BuildDisplay {
  readonly #options: TerminalOptions;
  readonly #steps = new Map<BuildStep, ShownStep>();
  readonly #startedAt: number;
  readonly #stop: (() => void) | undefined;
  #drawn = 0;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#startedAt = options.now();
    this.#stop = options.every?.(() => {
      this.#draw(false);
    });
  }

  onEvent(event: BuildEvent): void {
    const { now, severalPlatforms, every } = this.#options;
    const title = stepTitle(event.step, severalPlatforms);
    const shown: ShownStep = this.#steps.get(event.step) ?? { title, startedAt: now() };
    this.#steps.set(event.step, shown);
    if (event.type === 'output') shown.lastLine = event.line;
    if (event.type === 'ended') {
      shown.endedAt = now();
      shown.outcome = event.outcome;
    }
    if (every === undefined) this.#draw(false);
  }

  onLine(line: string): void {
    this.#clear();
    this.#options.write(`${line}\n`);
  }

  end(): void {
    this.#stop?.();
    this.#draw(true);
  }

  #draw(isLast: boolean): void {
    const { write, columns, rows } = this.#options;
    if (this.#steps.size === 0) return;
    const lines = this.#lines(isLast);
    const fitting = isLast ? lines : [...lines.slice(0, 1), ...lines.slice(1).slice(2 - rows())];
    const cut = fitting.map((line) => fit(line, columns()));
    this.#clear();
    write(cut.map((line) => `${line}\n`).join(''));
    this.#drawn = cut.length;
  }

  #lines(isLast: boolean): string[] {
    const { now } = this.#options;
    const steps = [...this.#steps.values()];
    const done = steps.filter((step) => step.outcome !== undefined);
    const total = seconds(this.#startedAt, now());
    const head = `[+] Building ${total} (${done.length}/${steps.length})`;
    // What has ended long ago makes room for what runs, until everything is shown at the end.
    const hidden = isLast ? [] : done.slice(0, Math.max(0, done.length - MAX_FINISHED_STEPS));
    const shown = steps.filter((step) => !hidden.includes(step));
    return [head, ...shown.flatMap((step) => this.#stepLines(step))];
  }

  #stepLines(step: ShownStep): string[] {
    const time = seconds(step.startedAt, step.endedAt ?? this.#options.now());
    const mark = step.outcome === 'cached' ? 'CACHED ' : step.outcome === 'failed' ? 'ERROR ' : '';
    const line = ` => ${mark}${step.title}  ${time}`;
    const isRunning = step.outcome === undefined && step.lastLine !== undefined;
    const output = isRunning ? [` => => ${stripVTControlCharacters(step.lastLine ?? '')}`] : [];
    const style = { cached: 'cyan', failed: 'red', done: 'blue' } as const;
    return [step.outcome ? styleText(style[step.outcome], line) : line, ...output];
  }

  #clear(): void {
    if (this.#drawn > 0) this.#options.write(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }
}

function seconds(from: number, to: number): string {
  return `${((to - from) / 1000).toFixed(1)}s`;
}

/** Cut at the terminal's width, the time at the end kept. */
function fit(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  if (plain.length <= columns) return line;
  const time = / {2}[\d.]+s$/.exec(plain)?.[0] ?? '';
  const cut = `${plain.slice(0, Math.max(0, columns - time.length - 1))}…${time}`;
  return line === plain ? cut : line.replace(plain, cut);
}
