import { randomUUID } from 'node:crypto';
import type {
  Container,
  ContainerRuntime,
  ContainerSpec,
  FolderMount,
  SandboxSpec,
} from '../../runtime/runtime.js';
import { ContainerStartError } from '../../runtime/runtime.js';
import { openCommandRoot, type CommandRoot } from './command-root.js';
import type { RunInstruction } from './dockerfile/instructions.js';
import { WordError } from './dockerfile/words.js';
import { emulationAdvice } from './emulation.js';
import type { Execution } from './execution.js';
import type { PlannedMounts } from './plan-mounts.js';
import { commandLineOf, type CommandLine } from './run-command-line.js';
import { LineSplitter } from '../external/line-splitter.js';
import { secretMask } from '../secret-mask.js';
import { environmentOf, shortId, type StageState } from './stage-state.js';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Of the output of a command that fails. */
const LAST_LINES = 10;

/** A command of the Dockerfile that failed. */
export class RunError extends Error {
  readonly lastLines: readonly string[];

  constructor(message: string, lastLines: readonly string[] = []) {
    super(message);
    this.name = 'RunError';
    this.lastLines = lastLines;
  }
}

/**
 * RUN: the command runs in the stage's files, in a sandbox, and what it changed becomes the layer.
 *
 * @throws RunError when the command fails; WordError for options that are not implemented.
 */
export async function runCommand(
  execution: Execution,
  state: StageState,
  instruction: RunInstruction,
  planned: PlannedMounts,
): Promise<CommandRoot> {
  if (execution.runtime === undefined) {
    throw new WordError('RUN needs a container runtime, and none was given to this builder');
  }
  const runtime = await execution.runtime();
  const network = networkOf(instruction, runtime);
  const root = await openCommandRoot(execution, state, runtime);
  execution.request.log(` ---> Running in ${shortId(state)}`);
  const line = commandLineOf(instruction, state);
  const mounts = line.script ? [...planned.mounts, line.script] : planned.mounts;
  const run = { line, network, environment: planned.environment, rootfs: root.rootfs };
  const outcome = await root.withMounts(mounts, (folders) =>
    runInSandbox(runtime, execution, state, { ...run, folders }),
  );
  if (outcome.code !== 0) {
    throw new RunError(
      `The command '${shownArgv(line)}' returned a non-zero code: ${outcome.code}` +
        (outcome.outOfMemory ? ' (out of memory)' : ''),
      outcome.lastLines,
    );
  }
  return root;
}

/**
 * Package managers must reach their repositories; a network of its own has no way out.
 *
 * @throws WordError for one that is not known, or that this machine cannot give
 */
function networkOf({ network }: RunInstruction, { info }: ContainerRuntime): 'host' | 'none' {
  if (network === 'default' || network === 'host') return 'host';
  if (network !== 'none') {
    throw new WordError(`RUN --network=${network} is unknown; it is default, none or host`);
  }
  if (info.ownNetwork) return 'none';
  throw new WordError(
    `RUN --network=none needs a network of its own, which isolation ${info.isolation} does not have`,
  );
}

/** What the outcome of a command depends on besides the files; proxies are left out as Docker leaves them. */
export function runInputs(
  state: StageState,
  instruction: RunInstruction,
  planned: PlannedMounts,
): unknown {
  const { argv, script } = commandLineOf(instruction, state);
  return [
    ...[argv, script?.identity ?? null, instruction.network],
    runEnvironment({ args: undefined }, state, new Map()),
    state.execution.WorkingDir ?? '/',
    state.execution.User ?? '',
    planned.identity,
  ];
}

interface SandboxRun {
  line: CommandLine;
  network: NonNullable<SandboxSpec['network']>;
  /** Of secrets. */
  environment: ReadonlyMap<string, string>;
  rootfs: ContainerSpec['rootfs'];
  folders: FolderMount[];
}

interface RunOutcome {
  code: number;
  outOfMemory: boolean;
  lastLines: string[];
}

async function runInSandbox(
  runtime: ContainerRuntime,
  execution: Execution,
  state: StageState,
  run: SandboxRun,
): Promise<RunOutcome> {
  const { request, signal } = execution;
  const mask = secretMask(request.secrets);
  const lastLines: string[] = [];
  const lines = new LineSplitter((line) => {
    const shown = mask(line);
    lastLines.push(shown);
    if (lastLines.length > LAST_LINES) lastLines.shift();
    execution.report.output(shown);
  });
  const id = `build-${randomUUID().slice(0, 13)}`;
  const sandbox = await runtime.createSandbox({
    ...{ id, hostname: 'lazurite-build', network: run.network },
  });
  try {
    const container = await sandbox.run(
      {
        name: 'run',
        rootfs: run.rootfs,
        mounts: run.folders,
        argv: run.line.argv,
        env: runEnvironment(execution, state, run.environment),
        workingDir: state.execution.WorkingDir ?? '/',
        user: state.execution.User ?? '',
        ...(request.limits && { limits: request.limits }),
        onOutput: (_stream, chunk) => {
          lines.add(chunk);
        },
      },
      signal,
    );
    const status = await untilExit(container, signal);
    lines.end();
    return { code: status.code, outOfMemory: status.outOfMemory, lastLines };
  } catch (error) {
    if (!(error instanceof ContainerStartError)) throw error;
    throw new RunError(await startFailure(error, run.line, state));
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

async function startFailure(
  error: ContainerStartError,
  line: CommandLine,
  state: StageState,
): Promise<string> {
  const command = `The command '${shownArgv(line)}' could not be started: ${error.message}`;
  if (error.reason !== 'ENOEXEC') return command;
  return `${command}\n${await emulationAdvice(state.platform)}`;
}

function shownArgv({ argv }: CommandLine): string {
  return argv.join(' ');
}

/** ENV wins over ARG; proxies need no ARG. */
function runEnvironment(
  { args }: { args: Execution['args'] | undefined },
  state: StageState,
  secrets: ReadonlyMap<string, string>,
): string[] {
  const merged = new Map([
    ['PATH', DEFAULT_PATH],
    ['HOME', '/root'],
    ...(args?.proxies() ?? []),
    ...state.args,
    ...environmentOf(state),
    ...secrets,
  ]);
  return [...merged].map(([name, value]) => `${name}=${value}`);
}
