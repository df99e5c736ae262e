import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.js';
import { codeOf } from '../../base/failure.js';
import { silentLogger, type Logger } from '../../base/logger.js';
import { digestHex } from '../../oci/digest.js';
import { normalizePlatform } from '../../oci/platform.js';
import { PlatformMismatchError } from '../../remote/image-resolver.js';
import { OciLayout } from '../../image/layout/oci-layout.js';
import { RemoteError, type RegistryClient } from '../../remote/registry-client.js';
import type { ContainerRuntime } from '../../runtime/runtime.js';
import {
  BuildError,
  type BuildRequest,
  type BuiltImage,
  type ImageBuilder,
} from '../image-builder.js';
import { BaseImages } from './base-images.js';
import { BuildArguments } from './build-arguments.js';
import { BuildCache, UNPACKED } from './build-cache.js';
import { readDockerfile, targetStage } from './build-target.js';
import { hostPlatform } from '../../oci/platform/host.js';
import { openContext } from './context/context.js';
import type { Stage } from './dockerfile/instructions.js';
import type { Execution } from './execution.js';
import { placing, type ParsedDockerfile } from './dockerfile/parse.js';
import { timelessKey, writeImage } from './image-writer.js';
import { RunningCommands } from './running-commands.js';
import { StageRunner, type SharedExecution } from './stage-runner.js';
import { thenCleanUp } from './then-clean-up.js';
import { ContentDigests } from './tree/content-digests.js';
import { UnpackedLayers } from './unpacked-layers.js';
import { WorkDirectory } from '../../storage/work-directory.js';

export interface EmbeddedBuilderOptions {
  /** Cache and scratch space; builders in several processes may share it. */
  stateDirectory: string;
  /** Opens what runs RUN, when the first one does; a Dockerfile with one is refused when absent. */
  runtime?: () => Promise<ContainerRuntime>;
  registryClient: RegistryClient;
  clock: Clock;
  logger?: Logger;
  /** What layers of earlier builds may take of the disk; 10 GiB when absent. */
  maxCacheBytes?: number;
}

/** What the builds of one builder share. */
interface Workshop extends EmbeddedBuilderOptions {
  cache: BuildCache;
  unpacked: UnpackedLayers;
  digests: ContentDigests;
  running: RunningCommands;
}

export interface EmbeddedBuilder extends ImageBuilder {
  /** Removes the builder's scratch space; the cache stays. No build may be running. */
  close(): Promise<void>;
}

/** Builds Dockerfiles in this process, without a daemon. */
export function createEmbeddedBuilder(options: EmbeddedBuilderOptions): EmbeddedBuilder {
  const { stateDirectory, clock, logger = silentLogger } = options;
  const now = (): Date => clock.now();
  const workshop: Workshop = {
    ...options,
    cache: new BuildCache(path.join(stateDirectory, 'cache'), options.maxCacheBytes),
    unpacked: new UnpackedLayers(path.join(stateDirectory, 'cache', UNPACKED)),
    digests: new ContentDigests(path.join(stateDirectory, 'cache', 'content-digests.json'), now),
    running: new RunningCommands(),
  };
  let opened: Promise<WorkDirectory> | undefined;
  return {
    name: 'embedded',
    tellsSteps: true,
    async build(request, signal) {
      const own = await (opened ??= WorkDirectory.open(path.join(stateDirectory, 'work'), now()));
      const id = randomUUID();
      const workDirectory = own.path(id);
      const layoutDirectory = own.path(`${id}-image`);
      await mkdir(workDirectory);
      try {
        const directories = { workDirectory, layoutDirectory };
        const built = await build(workshop, request, directories, signal);
        await workshop.digests.save();
        await workshop.cache.prune();
        return built;
      } catch (error) {
        await rm(layoutDirectory, { recursive: true, force: true });
        throw asBuildError(error);
      } finally {
        await rm(workDirectory, { recursive: true, force: true, maxRetries: 3 });
        logger.debug({ id }, 'build directory removed');
      }
    },
    async close() {
      await (await opened)?.remove();
      opened = undefined;
    },
  };
}

/** What a registry or the disk refused is told as the build's own failure. */
function asBuildError(error: unknown): unknown {
  if (error instanceof RemoteError || error instanceof PlatformMismatchError) {
    return new BuildError(error.message);
  }
  return codeOf(error) === 'ENOSPC' ? new BuildError('no space left on device') : error;
}

async function build(
  workshop: Workshop,
  request: BuildRequest,
  { workDirectory, layoutDirectory }: { workDirectory: string; layoutDirectory: string },
  signal: AbortSignal | undefined,
): Promise<BuiltImage> {
  const dockerfile = await readDockerfile(request);
  const target = targetStage(dockerfile, request.target);
  const args = argumentsOf(request, dockerfile, target);
  const layout = await OciLayout.create(layoutDirectory);
  const now = request.sourceDateEpoch ?? Math.floor(workshop.clock.now().getTime() / 1000);
  const { cache, unpacked, digests, running, runtime, registryClient, stateDirectory } = workshop;
  const cleanups: Execution['cleanups'] = [];
  const shared: SharedExecution = {
    ...{ request, dockerfile, args, layout, now, cache, unpacked, digests, running, runtime },
    ...{ workDirectory, clock: workshop.clock, signal, cleanups },
    context: await openContext(request),
    cacheMountDirectory: path.join(stateDirectory, 'mounts'),
  };
  const images = new BaseImages({
    client: request.registryClient ?? registryClient,
    ...{ layout, cache, unpacked, spoolDirectory: workDirectory, signal },
    credentialsFor: request.credentialsFor,
    log: request.log,
  });
  const run = new StageRunner(shared, images).run(target);
  const { state, base } = await thenCleanUp(run, cleanups);
  const unused = args.unused();
  if (unused.length > 0) {
    request.log(`[Warning] One or more build-args [${unused.join(' ')}] were not consumed`);
  }
  const mayReuse = request.noCache !== true && request.sourceDateEpoch === undefined;
  const created = mayReuse ? await cache.firstTime(timelessKey(state), now) : now;
  const { manifest, config } = await writeImage(state, layout, {
    created: new Date(created * 1000),
    annotations: request.annotations,
  });
  request.log(`Successfully built ${digestHex(config.digest).slice(0, 12)}`);
  return { layoutDirectory, manifest, baseImages: await images.uses(base) };
}

function argumentsOf(
  request: BuildRequest,
  dockerfile: ParsedDockerfile,
  target: Stage,
): BuildArguments {
  const args = new BuildArguments({
    given: request.buildArgs,
    target: normalizePlatform(request.platform),
    build: hostPlatform(),
    targetStage: target.from.alias ?? 'default',
    escape: dockerfile.escape,
  });
  for (const instruction of dockerfile.globalArgs) {
    placing(dockerfile, instruction, () => {
      args.declareGlobal(instruction);
    });
  }
  return args;
}
