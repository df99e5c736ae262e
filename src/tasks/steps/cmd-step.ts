import { splitWords } from '../commands/words.js';
import type { Step } from '../yaml/task.js';
import { builtinScript, runScript } from './builtin-command.js';
import type { CommandScope } from './command-scope.js';
import { runImage } from './container-step.js';
import { runHostShell, SHELLS } from './host-shell.js';

/** Names that stand for images in `cmd`. @see https://aka.ms/acr/tasks/task-aliases */
const IMAGE_ALIASES: Readonly<Record<string, string>> = {
  az: 'mcr.microsoft.com/acr/azure-cli:6f9dff4',
  curl: 'mcr.microsoft.com/acr/curl:6f9dff4',
  cssc: 'mcr.microsoft.com/acr/cssc:6f9dff4',
};

/**
 * `cmd`: a command that is built in, a script for this machine's shell, or an image with arguments.
 *
 * @param started called when what runs on has begun; only a container goes on in the background
 * @throws StepFailure, CommandLineError
 */
export async function runCmdStep(
  scope: CommandScope,
  step: Step & { kind: 'cmd' },
  started: () => void,
): Promise<void> {
  const script = step.entryPoint === undefined ? builtinScript(scope, step.cmd) : undefined;
  if (script !== undefined) {
    started();
    return runScript(scope, script);
  }
  const [first = '', ...args] = splitWords(step.cmd);
  if (SHELLS.has(first)) return runHostShell(scope, step, [first, ...args], started);
  const image = Object.hasOwn(IMAGE_ALIASES, first) ? IMAGE_ALIASES[first] : undefined;
  return runImage(scope, step, image ?? first, args, started);
}
