import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { runTool } from './tool.js';

/** A change of the machine and the command that takes it back; program and arguments each. */
export interface MachineStep {
  change: string[];
  undo: string[];
}

/**
 * Changes of the machine that must not outlive this process, however it ends. What takes them back is
 * written down as a shell script first, and a process of its own waits for our end to run it. Should that be
 * killed as well, the next start runs the script.
 */
export class MachineChanges {
  readonly #script: string;
  readonly #guard: ChildProcess;

  private constructor(script: string, guard: ChildProcess) {
    this.#script = script;
    this.#guard = guard;
  }

  /** @throws Error of the first step that fails; those before it are taken back */
  static async make(
    script: string,
    steps: readonly MachineStep[],
    cell: string,
  ): Promise<MachineChanges> {
    const commands = undoScript(script, steps);
    writeFileSync(script, commands, { mode: 0o600 });
    // By word of mouth: our folder may be removed as soon as we have ended.
    const guard = spawn(cell, ['after', '--', '/bin/sh', '-c', commands], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    guard.on('error', () => undefined); // then the script is run below
    const changes = new MachineChanges(script, guard);
    try {
      for (const { change } of steps) {
        const [program = '', ...words] = change;
        await runTool(program, words);
      }
      return changes;
    } catch (error) {
      await changes.undo();
      throw error;
    }
  }

  /** Takes back what an earlier process left that was killed with its guard. */
  static async undoEarlier(script: string): Promise<void> {
    if (existsSync(script)) await runTool('/bin/sh', [script]);
  }

  async undo(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#guard;
    if (pid !== undefined && exitCode === null && signalCode === null) {
      const ended = once(this.#guard, 'exit');
      (this.#guard.stdio[3] as Duplex).destroy();
      await ended;
    }
    await MachineChanges.undoEarlier(this.#script);
  }
}

/** Last change first; one that was never made is no reason to stop. */
function undoScript(script: string, steps: readonly MachineStep[]): string {
  const commands = steps.map(({ undo }) => `${undo.map(quoted).join(' ')} 2>/dev/null`);
  return [...commands.reverse(), `rm -f ${quoted(script)}`, ''].join('\n');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
