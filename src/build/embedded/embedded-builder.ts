import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.js';
import { codeOf } from '../../base/failure.js';
import { silentLogger, type Logger } from '../../base/logger.js';
import { digestHex } from '../../oci/digest.js';
import { parsePlatform, normalizePlatform, type Platform } from '../../oci/platform.js';
import { PlatformMismatchError } from '../../remote/image-resolver.js';
import { OciLayout } from '../../image/layout/oci-layout.js';
import { RemoteError, type RegistryClient } from '../../remote/registry-client.js';
import type { ContainerRuntime } from '../../runtime/runtime.js';
import {
  BuildError,
  type BaseImageUse,
  type BuildRequest,
  type BuiltImage,
  type ImageBuilder,
} from '../image-builder.js';
import { pullBaseImage, scratchState, type BaseImage } from './base-image.js';
import { BuildArguments } from './build-arguments.js';
import { BuildCache } from './build-cache.js';
import { readDockerfile, targetStage } from './build-target.js';
import { hostPlatform } from '../../oci/platform/host.js';
import { openContext } from './context/context.js';
import { expandWord } from './dockerfile/expand.js';
import type { Stage } from './dockerfile/instructions.js';
import type { ParsedDockerfile } from './dockerfile/parse.js';
import { WordError } from './dockerfile/words.js';
import type { Execution } from './execution.js';
import { writeImage } from './image-writer.js';
import { executeInstruction, executeTriggers } from './stage-builder.js';
import { findStage, neededStages } from './stage-graph.js';
import { forkState, shortId, type StageState } from './stage-state.js';

export interface EmbeddedBuilderOptions {
  /** Owned by this builder alone. */
  stateDirectory: string;
  /** Runs RUN; a Dockerfile with one is refused when absent. */
  runtime?: ContainerRuntime;
  registryClient: RegistryClient;
  clock: Clock;
  logger?: Logger;
  /** What layers of earlier builds may take of the disk; 10 GiB when absent. */
  maxCacheBytes?: number;
}

/** Builds Dockerfiles in this process, without a daemon. */
export function createEmbeddedBuilder(options: EmbeddedBuilderOptions): ImageBuilder {
  const { stateDirectory, logger = silentLogger } = options;
  const cache = new BuildCache(path.join(stateDirectory, 'cache'), options.maxCacheBytes);
  let cleared: Promise<unknown> | undefined;
  return {
    name: 'embedded',
    async build(request, signal) {
      await (cleared ??= clearLeftovers(stateDirectory));
      const id = randomUUID();
      const workDirectory = path.join(stateDirectory, 'work', id);
      const layoutDirectory = path.join(stateDirectory, 'output', id);
      await mkdir(workDirectory, { recursive: true });
      try {
        const build = new Build(
          { ...options, cache },
          request,
          workDirectory,
          layoutDirectory,
          signal,
        );
        const built = await build.run();
        await cache.prune();
        return built;
      } catch (error) {
        await rm(layoutDirectory, { recursive: true, force: true });
        throw asBuildError(error);
      } finally {
        await rm(workDirectory, { recursive: true, force: true, maxRetries: 3 });
        logger.debug({ id }, 'build directory removed');
      }
    },
  };
}

/** A process that was killed may have left these; its builds are gone. */
async function clearLeftovers(stateDirectory: string): Promise<void> {
  for (const name of ['work', 'output']) {
    await rm(path.join(stateDirectory, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What a registry or the disk refused is told as the build's own failure. */
function asBuildError(error: unknown): unknown {
  if (error instanceof RemoteError || error instanceof PlatformMismatchError) {
    return new BuildError(error.message);
  }
  return codeOf(error) === 'ENOSPC' ? new BuildError('no space left on device') : error;
}

class Build {
  readonly #options: EmbeddedBuilderOptions & { cache: BuildCache };
  readonly #request: BuildRequest;
  readonly #workDirectory: string;
  readonly #layoutDirectory: string;
  readonly #signal: AbortSignal | undefined;
  /** Finished stages by index. */
  readonly #finished = new Map<number, StageState>();
  /** The image that the current stage starts with. */
  #runtimeBase: BaseImageUse | undefined;
  /** The image that each finished stage starts with. */
  readonly #bases = new Map<number, BaseImageUse>();
  readonly #pulled = new Map<string, Promise<BaseImage | undefined>>();

  constructor(
    options: EmbeddedBuilderOptions & { cache: BuildCache },
    request: BuildRequest,
    workDirectory: string,
    layoutDirectory: string,
    signal: AbortSignal | undefined,
  ) {
    this.#options = options;
    this.#request = request;
    this.#workDirectory = workDirectory;
    this.#layoutDirectory = layoutDirectory;
    this.#signal = signal;
  }

  async run(): Promise<BuiltImage> {
    const request = this.#request;
    const dockerfile = await readDockerfile(request);
    const target = targetStage(dockerfile, request.target);
    const args = this.#arguments(dockerfile, target);
    const layout = await OciLayout.create(this.#layoutDirectory);
    const now = request.sourceDateEpoch ?? Math.floor(this.#options.clock.now().getTime() / 1000);
    const execution: Execution = {
      request,
      dockerfile,
      args,
      layout,
      cache: this.#options.cache,
      now,
      context: await openContext(request.contextDirectory, request.dockerfile),
      workDirectory: this.#workDirectory,
      cacheMountDirectory: path.join(this.#options.stateDirectory, 'mounts'),
      runtime: this.#options.runtime,
      imageNamed: async () => undefined,
      signal: this.#signal,
    };
    const state = await this.#buildStages(execution, target);
    const unused = args.unused();
    if (unused.length > 0) {
      request.log(`[Warning] One or more build-args [${unused.join(' ')}] were not consumed`);
    }
    const { manifest, config } = await writeImage(state, layout, new Date(now * 1000));
    request.log(`Successfully built ${digestHex(config.digest).slice(0, 12)}`);
    const baseImages = await this.#baseImages();
    return { layoutDirectory: this.#layoutDirectory, manifest, baseImages };
  }

  /** What the last stage starts with goes first. */
  async #baseImages(): Promise<BaseImageUse[]> {
    const pulled = await Promise.all(this.#pulled.values());
    const uses = pulled.flatMap((base) => base?.use ?? []);
    return this.#runtimeBase === undefined
      ? uses
      : [this.#runtimeBase, ...uses.filter((use) => use !== this.#runtimeBase)];
  }

  #arguments(dockerfile: ParsedDockerfile, target: Stage): BuildArguments {
    const args = new BuildArguments({
      given: this.#request.buildArgs,
      target: normalizePlatform(this.#request.platform),
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

  async #buildStages(execution: Execution, target: Stage): Promise<StageState> {
    const { dockerfile, request } = execution;
    const image = (stage: Stage): string => this.#expandFrom(execution, stage, stage.from.image);
    const stages = neededStages(dockerfile, target, image);
    const total = stages.reduce((sum, stage) => sum + 1 + stage.instructions.length, 0);
    let step = 0;
    let state: StageState | undefined;
    for (const stage of stages) {
      request.log(`Step ${++step}/${total} : ${stage.from.text}`);
      const scoped = { ...execution, imageNamed: this.#imagesFor(execution, stage) };
      state = await this.#startStage(scoped, stage);
      request.log(state.layers.length > 0 ? ` ---> ${shortId(state)}` : ' --->');
      await executeTriggers(scoped, state);
      for (const instruction of stage.instructions) {
        request.log(`Step ${++step}/${total} : ${instruction.text}`);
        await executeInstruction(scoped, state, instruction);
      }
      this.#finished.set(stage.index, state);
      if (this.#runtimeBase) this.#bases.set(stage.index, this.#runtimeBase);
    }
    if (state === undefined) throw new BuildError('nothing to build');
    return state;
  }

  async #startStage(execution: Execution, stage: Stage): Promise<StageState> {
    const name = this.#expandFrom(execution, stage, stage.from.image);
    const platform = this.#platformOf(execution, stage);
    if (name === '') {
      const { image } = stage.from;
      throw execution.dockerfile.errorAt(stage.from, `base name (${image}) should not be blank`);
    }
    this.#runtimeBase = undefined;
    if (name.toLowerCase() === 'scratch') return scratchState(platform);
    const base = findStage(execution.dockerfile, name, stage.index);
    const finished = base?.from.alias === undefined ? undefined : this.#finished.get(base.index);
    if (finished) {
      this.#runtimeBase = this.#bases.get(base?.index ?? -1);
      return forkState(finished);
    }
    const pulled = await this.#pull(execution, name, platform);
    if (pulled === undefined) {
      throw execution.dockerfile.errorAt(stage.from, `invalid reference format: ${name}`);
    }
    this.#runtimeBase = pulled.use;
    return { ...forkState(pulled.state), platform };
  }

  #platformOf(execution: Execution, stage: Stage): Platform {
    if (stage.from.platform === undefined) return normalizePlatform(this.#request.platform);
    const text = this.#expandFrom(execution, stage, stage.from.platform);
    const platform = parsePlatform(text);
    if (platform === undefined) {
      throw execution.dockerfile.errorAt(stage.from, `failed to parse platform "${text}"`);
    }
    return platform;
  }

  #expandFrom({ dockerfile, args }: Execution, stage: Stage, text: string): string {
    const { escape } = dockerfile;
    return placing(dockerfile, stage.from, () =>
      expandWord(text, { lookup: args.lookupGlobal, escape }),
    );
  }

  /** What `COPY --from` may name in a stage: an earlier one, or an image. */
  #imagesFor(execution: Execution, stage: Stage): Execution['imageNamed'] {
    return async (name) => {
      const earlier = findStage(execution.dockerfile, name, stage.index);
      if (earlier) return this.#finished.get(earlier.index);
      const platform = normalizePlatform(this.#request.platform);
      return (await this.#pull(execution, name, platform))?.state;
    };
  }

  #pull(execution: Execution, name: string, platform: Platform): Promise<BaseImage | undefined> {
    const key = `${name} ${JSON.stringify(platform)}`;
    let pull = this.#pulled.get(key);
    if (pull === undefined) {
      pull = pullBaseImage(name, platform, {
        client: this.#options.registryClient,
        layout: execution.layout,
        cache: execution.cache,
        spoolDirectory: this.#workDirectory,
        credentialsFor: this.#request.credentialsFor,
        signal: this.#signal,
      });
      this.#pulled.set(key, pull);
    }
    return pull;
  }
}

function placing<T>(
  dockerfile: ParsedDockerfile,
  place: { line: number; column: number },
  act: () => T,
): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof WordError ? dockerfile.errorAt(place, error.message) : error;
  }
}
