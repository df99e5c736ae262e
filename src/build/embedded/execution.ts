import type { Clock } from '../../base/clock.js';
import type { BuildRequest, BuildStep } from '../image-builder.js';
import type { ContainerRuntime } from '../../runtime/runtime.js';
import type { OciLayout } from '../../image/layout/oci-layout.js';
import type { BuildArguments } from './build-arguments.js';
import type { BuildCache } from './build-cache.js';
import type { BuildContext } from './context/context.js';
import type { ParsedDockerfile } from './dockerfile/parse.js';
import type { RunningCommands } from './running-commands.js';
import type { StageState } from './stage-state.js';
import type { ContentDigests } from './tree/content-digests.js';
import type { UnpackedLayers } from './unpacked-layers.js';

/** What every instruction of one build works with. */
export interface Execution {
  request: BuildRequest;
  dockerfile: ParsedDockerfile;
  args: BuildArguments;
  context: BuildContext;
  /** Takes the layers. */
  layout: OciLayout;
  cache: BuildCache;
  unpacked: UnpackedLayers;
  clock: Clock;
  /** For files that live as long as the build. */
  workDirectory: string;
  /** Directories of `RUN --mount=type=cache`, kept from build to build and shared with other processes. */
  cacheMountDirectory: string;
  /** Opened when the first command runs. */
  runtime: (() => Promise<ContainerRuntime>) | undefined;
  /** Commands that run right now, in this build and others of this process. */
  running: RunningCommands;
  digests: ContentDigests;
  /** Finished stages by index and by name, and images that COPY names. */
  imageNamed: (name: string) => Promise<StageState | undefined>;
  /** The instruction that is carried out. */
  step: BuildStep;
  /** Tells how it goes. */
  report: { output(line: string): void; cached(): void };
  /** Seconds since the epoch of what is made now. */
  now: number;
  signal: AbortSignal | undefined;
  /** Called when the build has ended, however it ended. */
  cleanups: (() => Promise<void>)[];
}
