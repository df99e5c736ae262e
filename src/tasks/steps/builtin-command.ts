import { runAcr } from '../commands/acr-command.js';
import { runDocker } from '../commands/docker-command.js';
import { CommandLineError, splitScript, type Command } from '../commands/words.js';
import type { CommandScope } from './command-scope.js';
import { StepFailure } from './step-run.js';

type BuiltinCommand = (scope: CommandScope, words: readonly string[]) => Promise<void>;

const BUILTINS: Readonly<Record<string, BuiltinCommand>> = {
  acr: runAcr,
  docker: runDocker,
};

/** Images whose programs are built in, e.g. `mcr.microsoft.com/acr/acr-cli:0.14`. */
const BUILTIN_IMAGES: readonly [RegExp, string][] = [
  [/^mcr\.microsoft\.com\/acr\/acr-cli(?::[\w.-]+)?$/, 'acr'],
];

/** The script that a `cmd` step is when its first word is a command that is built in. */
export function builtinScript(scope: CommandScope, cmd: string): Command[] | undefined {
  const first = /^\s*(\S+)/.exec(cmd)?.[1] ?? '';
  return findBuiltin(first) === undefined ? undefined : splitScript(cmd, scope.env);
}

/** Carries out one command after the other, as `sh -e` would. @throws StepFailure, CommandLineError */
export async function runScript(scope: CommandScope, commands: readonly Command[]): Promise<void> {
  let failure: StepFailure | undefined;
  for (const { words, after } of commands) {
    if (failure !== undefined && after === ';') throw failure;
    if ((failure === undefined) === (after === '||')) continue;
    failure = undefined;
    try {
      await runBuiltin(scope, words);
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
}

async function runBuiltin(scope: CommandScope, words: readonly string[]): Promise<void> {
  const [name = '', ...rest] = words;
  const builtin = findBuiltin(name);
  if (builtin !== undefined) return builtin(scope, rest);
  if (name === 'echo') scope.run.log.line(rest.join(' '));
  else if (name !== 'true' && name !== 'set') {
    throw new CommandLineError(
      `'${name}' is not built in: beside docker and acr a script has echo, set and true; for more write bash -c '…'`,
    );
  }
}

function findBuiltin(word: string): BuiltinCommand | undefined {
  const name = BUILTIN_IMAGES.find(([image]) => image.test(word))?.[1] ?? word;
  return Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined;
}
