import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult, StepResult } from './run-result.js';

/** Writes a run's folder: `evidence/*.json` as steps end, then `result.json` and `report.md`. */
export class EvidenceWriter {
  readonly folder: string;
  #count = 0;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(join(folder, 'evidence'), { recursive: true });
  }

  /** @returns the file's path below the folder */
  step(result: Omit<StepResult, 'evidence'>): string {
    this.#count += 1;
    const number = String(this.#count).padStart(2, '0');
    const file = join('evidence', `${number}-${result.phase}-${result.id}.json`);
    this.#write(file, JSON.stringify(result, null, 2) + '\n');
    return file;
  }

  finish(result: RunResult, report: string): void {
    this.#write('result.json', JSON.stringify(result, null, 2) + '\n');
    this.#write('report.md', report);
  }

  #write(file: string, content: string): void {
    writeFileSync(join(this.folder, file), content);
  }
}
