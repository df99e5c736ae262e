import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineAddress } from './engine-address.js';

/** As source or compiled, like this file. */
const REMOVAL = fileURLToPath(
  new URL(`./remove-orphans${extname(fileURLToPath(import.meta.url))}`, import.meta.url),
);
const SHELL = '/bin/sh';
/** Waits in a process of a megabyte, which becomes Node only when there is something to do. */
const WAIT = `trap '' INT TERM HUP; if read -r word; then exit 0; fi; exec "$@"`;
const DONE = 'done\n';

/**
 * Ends the containers of this run when it ends, however it ends. An engine knows nothing of us, so a process of
 * its own waits at the other end of a pipe; unless it hears that all is done, it removes what carries the label
 * of the run. Should it be killed as well, the next start does so.
 */
export class Lifeline {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param run value of `RUN_LABEL` */
  static start(address: EngineAddress, run: string): Lifeline {
    const removal = [process.execPath, ...process.execArgv, REMOVAL, address.text, run];
    const [program = '', ...words] =
      process.platform === 'win32' ? removal : [SHELL, '-c', WAIT, 'lazurite-lifeline', ...removal];
    const child = spawn(program, words, {
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/', // our folders may be removed while it waits
      detached: true, // Ctrl-C is for us, and so is the end of the terminal
      windowsHide: true,
    });
    child.on('error', () => undefined); // then the next start removes what is left
    child.stdin.on('error', () => undefined);
    child.unref();
    if (child.stdin instanceof Socket) child.stdin.unref();
    return new Lifeline(child);
  }

  /** Everything was removed: there is nothing to wait for any more. */
  async release(): Promise<void> {
    const { pid, exitCode, signalCode, stdin } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    this.#child.ref();
    const ended = once(this.#child, 'exit');
    stdin?.end(DONE);
    await ended;
  }
}
