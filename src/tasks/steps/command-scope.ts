import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../base/failure.js';
import { CommandLineError } from '../commands/words.js';
import type { Step } from '../yaml/task.js';
import type { StepRun } from './step-run.js';

/** Where the source is for steps. */
export const WORKSPACE = '/workspace';

/** What one command of a step knows of its surroundings. */
export interface CommandScope {
  run: StepRun;
  stepId: string;
  /** Path that the step sees, e.g. `'/workspace/src'`. */
  workingDirectory: string;
  env: ReadonlyMap<string, string>;
  signal: AbortSignal;
}

export function scopeOf(run: StepRun, step: Step, signal: AbortSignal): CommandScope {
  return {
    run,
    stepId: step.id,
    workingDirectory: path.posix.resolve(WORKSPACE, step.workingDirectory ?? ''),
    env: new Map(step.env.map((text) => splitVariable(text))),
    signal,
  };
}

function splitVariable(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

/**
 * The directory of this machine that a path of a step means.
 *
 * @throws CommandLineError when it is not in the workspace, or a link leads out of it
 */
export async function workspaceDirectory(scope: CommandScope, given: string): Promise<string> {
  const inside = path.posix.resolve(scope.workingDirectory, given);
  if (inside !== WORKSPACE && !inside.startsWith(`${WORKSPACE}/`)) {
    throw new CommandLineError(`${given} is outside of ${WORKSPACE}`);
  }
  const root = await realpath(scope.run.workspace);
  const found = await realpath(path.join(root, inside.slice(WORKSPACE.length))).catch(
    (error: unknown) => {
      throw new CommandLineError(`${given} is not there (${codeOf(error) ?? 'unknown error'})`);
    },
  );
  if (found === root || found.startsWith(root + path.sep)) return found;
  throw new CommandLineError(`${given} leads out of ${WORKSPACE}`);
}
