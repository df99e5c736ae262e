import { ContainerStartError } from '../../runtime/runtime.js';
import type { Container, FolderMount, Sandbox, UnpackedImage } from '../../runtime/runtime.js';
import type { ConsoleLog } from '../logs/console-log.js';
import { parseMemory } from '../memory.js';
import type { AppContainer } from '../template.js';
import type { ContainerEnvironment } from './container-environment.js';
import { mergeEnvironment } from './execution.js';
import { refuseForeignProgram } from './program-machine.js';

export interface LaunchOptions {
  sandbox: Sandbox;
  container: AppContainer;
  image: UnpackedImage;
  /** Program and arguments, those of the image and of the template merged. */
  argv: string[];
  environment: ContainerEnvironment;
  console: ConsoleLog;
  /** The volumes it sees. @throws VolumeError */
  mounts: () => Promise<FolderMount[]>;
}

/**
 * Starts the program as the image and the template say.
 *
 * @throws ContainerStartError, VolumeError
 */
export async function launch(options: LaunchOptions, signal: AbortSignal): Promise<Container> {
  const { sandbox, container, image, argv, environment, console } = options;
  const [program] = argv;
  if (program === undefined) throw new ContainerStartError('ENOENT', 'no command specified');
  await refuseForeignProgram(image, program);
  const memoryBytes = parseMemory(container.resources.memory);
  const mounts = await options.mounts();
  return sandbox.run(
    {
      name: container.name,
      rootfs: { image },
      argv,
      env: mergeEnvironment(
        image.config,
        environment.platformVariables(),
        environment.variables(container),
      ),
      workingDir: image.config.config?.WorkingDir || '/',
      user: image.config.config?.User ?? '',
      ...(mounts.length > 0 && { mounts }),
      limits: {
        cpu: container.resources.cpu,
        ...(memoryBytes !== undefined && { memoryBytes }),
      },
      onOutput: (stream, chunk) => {
        console.write(stream, chunk);
      },
    },
    signal,
  );
}
