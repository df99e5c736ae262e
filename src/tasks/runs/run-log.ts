import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import type { Clock } from '../../base/clock.js';

/** The log of one run while it is written: an append-only file that readers follow. */
export class RunLog {
  readonly #output: WriteStream;
  readonly #clock: Clock;

  readonly #secrets: readonly string[];

  private constructor(output: WriteStream, clock: Clock, secrets: readonly string[]) {
    this.#output = output;
    this.#clock = clock;
    this.#secrets = secrets;
  }

  /** @param secrets texts that are written as `***` */
  static async open(file: string, clock: Clock, secrets: readonly string[] = []): Promise<RunLog> {
    await mkdir(path.dirname(file), { recursive: true });
    const output = createWriteStream(file, { flags: 'a', mode: 0o600 });
    output.on('error', () => undefined); // a full disk must not end the run; close() reports it
    return new RunLog(output, clock, linesOf(secrets));
  }

  /** A line of the agent, with the time in front: `2026/06/22 13:26:48 Downloading source code...` */
  agent(message: string): void {
    this.line(`${stamp(this.#clock.now())} ${message}`);
  }

  /** A line as it is. Clients pass text on at `\r\n`. */
  line(text: string): void {
    const told = this.#secrets.reduce((told, secret) => told.replaceAll(secret, '***'), text);
    this.#output.write(`${told.replaceAll(/\r?\n/g, '\r\n')}\r\n`);
  }

  /** Everything written is in the file once it resolves. */
  async close(): Promise<void> {
    this.#output.end();
    await finished(this.#output);
  }
}

function stamp(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

/** What a secret of several lines is printed as; the longest first, so that no rest of one shows. */
function linesOf(secrets: readonly string[]): string[] {
  const lines = secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/)]);
  return lines.filter((line) => line.trim() !== '').sort((a, b) => b.length - a.length);
}
