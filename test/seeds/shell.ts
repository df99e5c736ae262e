import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandResult } from '../support/stock-az.js';

/** What a person saw after typing something into a shell. */
export interface Seen {
  exitCode: number;
  /** stdout and stderr as they came. */
  output: string;
}

type Run = (argv: readonly string[]) => Promise<CommandResult>;

const SCRIPT = `
. "$0/exports" && cd "$(cat "$0/folder")" || exit 99
trap 'code=$?; set +e; export -p > "$0/exports"; pwd > "$0/folder"; exit $code' EXIT
exec 2>&1 </dev/null
set -e
$2`;

/** A shell as a document's reader has it: what one step exports, and where it goes, holds for the next. */
export class Shell {
  readonly #run: Run;
  readonly #directory: string;

  /** @param directory for the state between two steps */
  constructor(run: Run, directory: string, folder: string) {
    this.#run = run;
    this.#directory = directory;
    mkdirSync(directory);
    writeFileSync(join(directory, 'exports'), '');
    writeFileSync(join(directory, 'folder'), folder);
  }

  /** Runs lines as they are written, to the first that fails. */
  async run(lines: string): Promise<Seen> {
    const script = SCRIPT.replace('$2', () => lines);
    const { exitCode, stdout, stderr } = await this.#run([
      ...['bash', '--noprofile', '--norc', '-c', script, this.#directory],
    ]);
    return { exitCode, output: stdout + stderr };
  }
}
