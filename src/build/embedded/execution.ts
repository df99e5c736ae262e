import type { BuildRequest } from '../image-builder.js';
import type { ContainerRuntime } from '../../runtime/runtime.js';
import type { OciLayout } from '../../image/layout/oci-layout.js';
import type { BuildArguments } from './build-arguments.js';
import type { BuildCache } from './build-cache.js';
import type { BuildContext } from './context/context.js';
import type { ParsedDockerfile } from './dockerfile/parse.js';
import type { StageState } from './stage-state.js';

/** What every instruction of one build works with. */
export interface Execution {
  request: BuildRequest;
  dockerfile: ParsedDockerfile;
  args: BuildArguments;
  context: BuildContext;
  /** Takes the layers. */
  layout: OciLayout;
  cache: BuildCache;
  /** For files that live as long as the build. */
  workDirectory: string;
  /** Directories of `RUN --mount=type=cache`, kept from build to build. */
  cacheMountDirectory: string;
  runtime: ContainerRuntime | undefined;
  /** Finished stages by index and by name, and images that COPY names. */
  imageNamed: (name: string) => Promise<StageState | undefined>;
  /** Seconds since the epoch of what is made now. */
  now: number;
  signal: AbortSignal | undefined;
}
