import { randomUUID } from 'node:crypto';
import type { Container, ContainerRuntime } from '../../runtime/runtime.js';
import { ContainerStartError } from '../../runtime/runtime.js';
import type { RunInstruction } from './dockerfile/instructions.js';
import { WordError } from './dockerfile/words.js';
import type { Execution } from './execution.js';
import { commandArgv } from './config-instructions.js';
import { withMounts, type PlannedMount } from './run-mounts.js';
import { LineSplitter } from './line-splitter.js';
import { environmentOf, shortId, type StageState } from './stage-state.js';
import type { LayerDraft } from './tree/layer-writer.js';
import { rootDirectoryOf } from './tree/root-directory.js';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A command of the Dockerfile that failed. */
export class RunError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RunError';
  }
}

/**
 * RUN: the stage's files become a directory, the command runs there in a sandbox, and what it changed
 * becomes the layer.
 *
 * @throws RunError when the command fails; WordError for options that are not implemented.
 */
export async function runCommand(
  execution: Execution,
  state: StageState,
  instruction: RunInstruction,
  mounts: readonly PlannedMount[],
): Promise<LayerDraft> {
  const { runtime, request } = execution;
  if (runtime === undefined) {
    throw new WordError('RUN needs a container runtime, and none was given to this builder');
  }
  if (instruction.network !== 'default') {
    throw new WordError(`RUN --network=${instruction.network} is not implemented yet`);
  }
  const root = await rootDirectoryOf(state, execution.workDirectory);
  request.log(` ---> Running in ${shortId(state)}`);
  const shown = await withMounts(execution, root.directory, mounts, () =>
    runInSandbox(runtime, execution, state, instruction, root.directory),
  );
  if (shown.code !== 0) {
    throw new RunError(
      `The command '${shown.argv.join(' ')}' returned a non-zero code: ${shown.code}` +
        (shown.outOfMemory ? ' (out of memory)' : ''),
    );
  }
  return root.takeChanges();
}

/** What the outcome of a command depends on besides the files; proxies are left out as Docker leaves them. */
export function runInputs(
  state: StageState,
  instruction: RunInstruction,
  mounts: readonly PlannedMount[],
): unknown {
  return [
    commandWithHeredocs(instruction, state),
    runEnvironment({ args: undefined }, state),
    state.execution.WorkingDir ?? '/',
    state.execution.User ?? '',
    mounts.map((mount) => mount.identity),
  ];
}

interface RunOutcome {
  argv: string[];
  code: number;
  outOfMemory: boolean;
}

async function runInSandbox(
  runtime: ContainerRuntime,
  execution: Execution,
  state: StageState,
  instruction: RunInstruction,
  directory: string,
): Promise<RunOutcome> {
  const { request, signal } = execution;
  const argv = commandWithHeredocs(instruction, state);
  const lines = new LineSplitter(request.log);
  const id = `build-${randomUUID().slice(0, 13)}`;
  // Package managers must reach their repositories; a network of its own has no way out.
  const sandbox = await runtime.createSandbox({
    id,
    hostname: 'lazurite-build',
    network: 'host',
  });
  try {
    const container = await sandbox.run(
      {
        name: 'run',
        rootfs: { directory },
        argv,
        env: runEnvironment(execution, state),
        workingDir: state.execution.WorkingDir ?? '/',
        user: state.execution.User ?? '',
        onOutput: (_stream, chunk) => {
          lines.add(chunk);
        },
      },
      signal,
    );
    const status = await untilExit(container, signal);
    return { argv, code: status.code, outOfMemory: status.outOfMemory };
  } catch (error) {
    if (!(error instanceof ContainerStartError)) throw error;
    throw new RunError(startFailure(error, argv, state));
  } finally {
    lines.end();
    await sandbox.remove();
  }
}

async function untilExit(container: Container, signal: AbortSignal | undefined) {
  const stop = (): void => void container.stop(0).catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const status = await container.exited;
    signal?.throwIfAborted();
    return status;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function startFailure(error: ContainerStartError, argv: string[], state: StageState): string {
  const command = `The command '${argv.join(' ')}' could not be started`;
  if (error.reason !== 'ENOEXEC') return `${command}: ${error.message}`;
  const { architecture } = state.platform;
  return (
    `${command}: exec format error. The program is for ${architecture}, which this machine does not run. ` +
    `Register an emulator, for example with the package qemu-user-static (binfmt-support)`
  );
}

function commandWithHeredocs(instruction: RunInstruction, state: StageState): string[] {
  const { command, heredocs } = instruction;
  const first = heredocs[0];
  if (command.form === 'exec' || first === undefined) return commandArgv(command, state.shell);
  const alone = /^<<-?["']?[\w.-]+["']?$/.test(command.text);
  if (alone && first.content.startsWith('#!')) {
    // A script with an interpreter of its own; the shell only carries it there.
    const script = `cat > /tmp/.heredoc <<'LAZURITE_HEREDOC'\n${first.content}LAZURITE_HEREDOC\nchmod 700 /tmp/.heredoc && /tmp/.heredoc; code=$?; rm -f /tmp/.heredoc; exit $code`;
    return [...state.shell, script];
  }
  if (alone) return [...state.shell, first.content];
  const bodies = heredocs.map((heredoc) => `${heredoc.content}${heredoc.name}\n`);
  return [...state.shell, `${command.text}\n${bodies.join('')}`];
}

/** ENV wins over ARG; proxies need no ARG. */
function runEnvironment(
  { args }: { args: Execution['args'] | undefined },
  state: StageState,
): string[] {
  const merged = new Map([
    ['PATH', DEFAULT_PATH],
    ['HOME', '/root'],
    ...(args?.proxies() ?? []),
    ...state.args,
    ...environmentOf(state),
  ]);
  return [...merged].map(([name, value]) => `${name}=${value}`);
}
