import { cpus, release } from 'node:os';
import { machineSeconds } from './machine.js';

interface Target {
  what: string;
  /** e.g. `'≤ 1.50×'` */
  target: string;
  measured: string;
  met: boolean;
}

/** What a benchmark has measured against its targets, and how busy the machine was meanwhile. */
export class Targets {
  readonly #begun = { ...machineSeconds(), at: Date.now() };
  readonly #rows: Target[] = [];

  tell(row: Target): void {
    this.#rows.push(row);
    console.log(`  ${row.what}: ${row.measured} (${row.target})`);
  }

  /** `'2026-11-26, 312 s'` */
  get when(): string {
    const seconds = Math.round((Date.now() - this.#begun.at) / 1_000);
    return `${new Date().toISOString().slice(0, 10)}, ${seconds} s`;
  }

  /** A line of Markdown. */
  get machine(): string {
    const now = machineSeconds();
    const busy = (now.busy - this.#begun.busy) / (now.total - this.#begun.total);
    return `- Machine: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Linux ${release()}, Node ${process.version}; ${Math.round(busy * 100)} % busy meanwhile.`;
  }

  /** A table of Markdown. */
  get table(): string[] {
    return [
      '| what | target | measured | |',
      '| --- | --- | --- | --- |',
      ...this.#rows.map(
        ({ what, target, measured, met }) =>
          `| ${what} | ${target} | ${measured} | ${met ? 'met' : '**missed**'} |`,
      ),
    ];
  }
}
