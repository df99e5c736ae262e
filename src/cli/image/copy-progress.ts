import type { CopyEvent } from '../../image/copy/copy-event.js';
import { formatBytes } from './format-bytes.js';

/** Where progress goes: a terminal, a file or a pipe. */
export interface ProgressOutput {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

const REDRAW_MS = 100;
const OUTCOME = {
  present: 'there already',
  mounted: 'mounted',
  written: 'sent',
  foreign: 'left at its own address',
} as const;

/** A line that is drawn anew on a terminal; one line a blob and manifest elsewhere. */
export class CopyProgress {
  readonly #output: ProgressOutput;
  readonly #isTerminal: boolean;
  readonly #isQuiet: boolean;
  readonly #now: () => number;
  #found = 0;
  #done = 0;
  #manifests = 0;
  #bytes = 0;
  #drawnAt = -Infinity;
  #isDrawn = false;

  /** @param isQuiet nothing but the terminal's line, for output that is read by programs */
  constructor(output: ProgressOutput, isQuiet: boolean, now: () => number = Date.now) {
    this.#output = output;
    this.#isTerminal = output.isTTY === true;
    this.#isQuiet = isQuiet;
    this.#now = now;
  }

  show(event: CopyEvent): void {
    this.#count(event);
    if (this.#isTerminal) this.#draw();
    else if (!this.#isQuiet) this.#report(event);
  }

  /** Takes the line off the terminal. */
  end(): void {
    if (this.#isDrawn) this.#output.write('\r\u001b[K');
    this.#isDrawn = false;
  }

  #count(event: CopyEvent): void {
    if (event.kind === 'blob-found') this.#found++;
    else if (event.kind === 'blob-done') this.#done++;
    else if (event.kind === 'manifest-done') this.#manifests++;
    else this.#bytes += event.count;
  }

  #draw(): void {
    const now = this.#now();
    if (now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    const underWay = this.#found - this.#done;
    const line = `copying: ${formatBytes(this.#bytes)}, ${this.#manifests} manifests and ${this.#done} blobs done, ${underWay} under way`;
    this.#output.write(`\r\u001b[K${line.slice(0, (this.#output.columns ?? 80) - 1)}`);
  }

  #report(event: CopyEvent): void {
    if (event.kind === 'blob-done') {
      const { digest, size } = event.blob;
      this.#output.write(`blob ${digest} ${formatBytes(size)} ${OUTCOME[event.outcome]}\n`);
    } else if (event.kind === 'manifest-done') {
      this.#output.write(`manifest ${event.digest} ${OUTCOME[event.outcome]}\n`);
    }
  }
}
