import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./az-fork-server.py', import.meta.url));

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** The stock az, started once and forked for each command: a third of the time of a new process. */
export class AzForkServer {
  readonly #child: ChildProcess;
  readonly #waiting: ((outcome: Outcome) => void)[] = [];
  readonly #exited: Promise<unknown>;

  /** @param az e.g. `'/opt/az/bin/az'`: a script whose first line names its Python */
  constructor(az: string, environment: NodeJS.ProcessEnv) {
    this.#child = spawn(pythonOf(az), [SCRIPT], {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#exited = new Promise((done) => this.#child.once('exit', done));
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.#waiting.shift()?.(JSON.parse(line) as Outcome);
    });
  }

  async run(argv: readonly string[], cwd: string): Promise<Outcome> {
    return await new Promise((done, fail) => {
      this.#waiting.push(done);
      this.#child.stdin!.write(JSON.stringify({ argv, cwd }) + '\n');
      void this.#exited.then(() => {
        fail(new Error(`the stock az ended before it answered az ${argv.join(' ')}`));
      });
    });
  }

  async close(): Promise<void> {
    this.#child.stdin!.end();
    await this.#exited;
  }
}

/** The interpreter beside `bin/az`, or the one that its first line or its `exec` names. */
function pythonOf(az: string): string {
  const text = readFileSync(az, 'utf8').slice(0, 2_000);
  const named = /^#!(\S*python\S*)/.exec(text)?.[1] ?? /(\/\S*python\S*)/.exec(text)?.[1];
  return named ?? az.replace(/[^/]*$/, 'python');
}
