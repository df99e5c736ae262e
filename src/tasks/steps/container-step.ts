import { LineSplitter } from '../../build/external/line-splitter.js';
import { messageOf } from '../../base/failure.js';
import { formatPlatform } from '../../oci/platform.js';
import { PlatformMismatchError, resolveImage } from '../../remote/image-resolver.js';
import { RemoteError } from '../../remote/registry-client.js';
import {
  ContainerStartError,
  type Container,
  type ContainerRuntime,
  type ContainerSpec,
  type UnpackedImage,
} from '../../runtime/runtime.js';
import { CommandLineError, splitWords } from '../commands/words.js';
import { readImageName } from '../images/image-name.js';
import type { Step } from '../yaml/task.js';
import type { CommandScope } from './command-scope.js';
import { containerMounts, HOME_DIRECTORY } from './container-mounts.js';
import { keepFiles } from './kept-files.js';
import { forwardPorts } from './port-forward.js';
import { RunNetwork } from './run-network.js';
import { StepFailure } from './step-run.js';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs an image of the run or of a registry with arguments. @throws StepFailure */
export async function runImage(
  scope: CommandScope,
  step: Step,
  name: string,
  args: readonly string[],
  started: () => void,
): Promise<void> {
  const runtime = requireRuntime(scope, step);
  const image = await unpackImage(scope, runtime, step, name);
  const execution = image.config.config ?? {};
  const entryPoint =
    step.entryPoint === undefined ? execution.Entrypoint : splitWords(step.entryPoint);
  const command =
    args.length > 0 ? args : step.entryPoint === undefined ? (execution.Cmd ?? []) : [];
  const ownDirectory = step.disableWorkingDirectoryOverride && step.workingDirectory === undefined;
  await runContainer(scope, step, runtime, started, {
    rootfs: { image },
    argv: [...(entryPoint ?? []), ...command],
    env: [`PATH=${DEFAULT_PATH}`, ...(execution.Env ?? [])],
    workingDir: ownDirectory ? (execution.WorkingDir ?? '/') : scope.workingDirectory,
    user: step.user ?? execution.User ?? '',
    mounts: [],
  });
}

/** @throws CommandLineError where no container runs, or not as the step wants it */
export function requireRuntime({ run }: CommandScope, step: Step): ContainerRuntime {
  if (run.runtime === undefined) throw new CommandLineError('no container runtime was given here');
  if (step.privileged) {
    throw new CommandLineError(
      'privileged containers are not implemented: a step never is root of this machine',
    );
  }
  return run.runtime;
}

async function unpackImage(
  { run, signal }: CommandScope,
  runtime: ContainerRuntime,
  step: Step,
  name: string,
): Promise<UnpackedImage> {
  const reference = readImageName(name);
  const [platform] = run.platforms;
  const local = run.images.find(reference) !== undefined && !step.pull;
  if (!local) run.log.line(`Unable to find image '${name}' locally`);
  const client = step.pull ? run.registryClient : run.images.over(run.registryClient);
  try {
    const credentials = run.credentialsFor(reference.registry);
    const options = { credentials, referenceText: name, signal };
    return await runtime.unpack(await resolveImage(client, reference, platform, options), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RemoteError) && !(error instanceof PlatformMismatchError)) throw error;
    run.log.line(`Unable to pull ${name} for ${formatPlatform(platform)}: ${error.message}`);
    throw new StepFailure('exit status 125');
  }
}

/** Runs a container in the network of the run, with the workspace and the volumes of the step. */
export async function runContainer(
  scope: CommandScope,
  step: Step,
  runtime: ContainerRuntime,
  started: () => void,
  spec: Omit<ContainerSpec, 'name' | 'onOutput'>,
): Promise<void> {
  const { run, signal } = scope;
  const lines = new LineSplitter((line) => {
    run.log.line(line);
  });
  const sandbox = await run.network.open(runtime);
  const mounts = [...(spec.mounts ?? []), ...containerMounts(run, step)];
  const kept = await keepFiles(run, step, runtime, { rootfs: spec.rootfs, mounts });
  const start = (): Promise<Container> =>
    sandbox.run(
      {
        ...spec,
        ...{ name: step.id, rootfs: kept.rootfs, mounts },
        env: [...spec.env, `HOME=${HOME_DIRECTORY}`, ...step.env],
        onOutput: (_stream, chunk) => {
          lines.add(chunk);
        },
      },
      signal,
    );
  const container = await startContainer(run.log.line.bind(run.log), start).catch(
    async (error: unknown) => {
      await kept.drop();
      throw error;
    },
  );
  const ports = await forwardPorts(step.ports, sandbox, RunNetwork.isOwn(runtime));
  try {
    started();
    const { code, outOfMemory } = await untilExit(container, signal);
    lines.end();
    if (code === 0) return;
    if (outOfMemory) run.log.line('The container ran out of memory.');
    throw new StepFailure(`exit status ${code}`);
  } finally {
    await ports.close();
    await container.exited;
    await kept.keep();
  }
}

async function startContainer(
  say: (line: string) => void,
  start: () => Promise<Container>,
): Promise<Container> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof ContainerStartError)) throw error;
    say(messageOf(error));
    throw new StepFailure(error.reason === 'ENOENT' ? 'exit status 127' : 'exit status 126');
  }
}

async function untilExit(container: Container, signal: AbortSignal) {
  const stop = (): void => void container.stop(0).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    const status = await container.exited;
    signal.throwIfAborted();
    return status;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
