import { mkdirSync, readFileSync } from 'node:fs';
import { appendFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../base/failure.js';

/** A busy program writes a line for each request: one write takes all that come in this time. */
const GATHER_MS = 100;

/** A file of lines that keeps the newest ones: rewritten when it holds twice as many as it should. */
export class BoundedLines {
  readonly #path: string;
  readonly #limit: number;
  #lines: string[] = [];
  #unwritten: string[] = [];
  #inFile = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(path: string, limit: number) {
    this.#path = path;
    this.#limit = limit;
    mkdirSync(dirname(path), { recursive: true });
  }

  /** The lines a former run left, oldest first. */
  load(): string[] {
    this.#lines = readLines(this.#path);
    this.#inFile = this.#lines.length;
    this.#lines = this.#lines.slice(-this.#limit);
    return [...this.#lines];
  }

  append(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > 2 * this.#limit) this.#lines = this.#lines.slice(-this.#limit);
    this.#unwritten.push(line);
    // more than the file may hold is not appended, but makes it be rewritten
    if (this.#unwritten.length > 4 * this.#limit) {
      this.#unwritten = this.#unwritten.slice(-2 * this.#limit - 1);
    }
    this.#timer ??= setTimeout(() => {
      this.#startWriting();
    }, GATHER_MS);
  }

  /** The newest so many. */
  tail(count: number): string[] {
    return count <= 0 ? [] : this.#lines.slice(-Math.min(count, this.#limit));
  }

  /** Resolves when everything appended so far is in the file. */
  async flush(): Promise<void> {
    while (this.#timer !== undefined || this.#writing !== undefined) {
      this.#startWriting();
      await this.#writing;
    }
  }

  #startWriting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Logs must not stop the system: what cannot be written is still in memory and followed live. */
  async #write(): Promise<void> {
    while (this.#unwritten.length > 0) {
      const batch = this.#unwritten;
      this.#unwritten = [];
      try {
        if (this.#inFile + batch.length > 2 * this.#limit) await this.#rewrite();
        else {
          await appendFile(this.#path, `${batch.join('\n')}\n`);
          this.#inFile += batch.length;
        }
      } catch {
        return;
      }
    }
  }

  async #rewrite(): Promise<void> {
    const kept = this.#lines.slice(-this.#limit);
    this.#unwritten = [];
    await writeFile(`${this.#path}.new`, `${kept.join('\n')}\n`);
    await rename(`${this.#path}.new`, this.#path);
    this.#inFile = kept.length;
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
