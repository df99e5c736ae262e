import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../base/failure.js';
import { digestHex, digestOf } from '../oci/digest.js';
import type { RunFacts, RunResult, StepEvidence } from './run-result.js';

/** The digests of a run's files, as `sha256sum --check` reads them. */
export const DIGESTS_FILE = 'SHA256SUMS';
export const LAB_FILE = 'lab.yaml';
export const RUN_FILE = 'run.json';
export const EVIDENCE_FOLDER = 'evidence';

/**
 * Writes a run's folder: the lab's definition, `evidence/*.json` as steps end, `run.json`, then what follows
 * from these (`result.json`, `report.md`, `report.html`) and the digests of all of it.
 */
export class EvidenceWriter {
  readonly folder: string;
  readonly #digests = new Map<string, string>();
  #count = 0;

  /** @throws Failure when the folder holds another run: the two could not be told apart */
  constructor(folder: string) {
    this.folder = folder;
    const evidence = join(folder, EVIDENCE_FOLDER);
    mkdirSync(evidence, { recursive: true });
    if (readdirSync(evidence).length === 0) return;
    throw new Failure(`there is a run in ${folder} already`, {
      why: `${evidence} is not empty`,
      help: 'choose another folder with --output, or remove this one',
      exitCode: 2,
    });
  }

  /** @returns the file's path below the folder */
  step(evidence: StepEvidence): string {
    this.#count += 1;
    const file = `${EVIDENCE_FOLDER}/${evidenceName(this.#count, evidence)}`;
    this.#write(file, json(evidence));
    return file;
  }

  /** What the gates are, kept before the first step: the lab may be edited while it runs. */
  definition(labFolder: string): void {
    this.#write(LAB_FILE, readFileSync(join(labFolder, LAB_FILE), 'utf8'));
  }

  /** What was looked at besides the steps; `file` is below the run's folder. */
  snapshot(file: string, content: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    this.#write(file, content);
  }

  /** What the result is derived from, besides definition and steps. */
  facts(facts: RunFacts): void {
    this.#write(RUN_FILE, json(facts));
    this.#writeDigests();
  }

  finish(result: RunResult, reports: { markdown: string; html: string }): void {
    this.#write('result.json', json(result));
    this.#write('report.md', reports.markdown);
    this.#write('report.html', reports.html);
    this.#writeDigests();
  }

  #write(file: string, content: string): void {
    writeFileSync(join(this.folder, file), content);
    this.#digests.set(file, digestHex(digestOf(content)));
  }

  #writeDigests(): void {
    const lines = [...this.#digests].map(([file, hex]) => `${hex}  ${file}\n`);
    writeFileSync(join(this.folder, DIGESTS_FILE), lines.join(''));
  }
}

/** `'03-setup-deploy.json'` */
export function evidenceName(number: number, step: { phase: string; id: string }): string {
  return `${String(number).padStart(2, '0')}-${step.phase}-${step.id}.json`;
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) + '\n';
}
