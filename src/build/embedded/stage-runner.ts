import {
  formatPlatform,
  normalizePlatform,
  parsePlatform,
  type Platform,
} from '../../oci/platform.js';
import { closest } from '../../base/closest.js';
import { RemoteError } from '../../remote/registry-client.js';
import { BuildError, type BaseImageUse, type BuildStep } from '../image-builder.js';
import { scratchState } from './base-image.js';
import type { BaseImages } from './base-images.js';
import { expandWord } from './dockerfile/expand.js';
import type { Stage } from './dockerfile/instructions.js';
import { placing } from './dockerfile/parse.js';
import type { Execution } from './execution.js';
import { OrderedLog, type LogPart } from '../ordered-log.js';
import { executeInstruction, executeTriggers, placed } from './stage-builder.js';
import { findStage, neededStages } from './stage-graph.js';
import { forkState, shortId, type StageState } from './stage-state.js';

export interface FinishedStage {
  state: StageState;
  /** The image that the stage starts with, through however many stages. */
  base: BaseImageUse | undefined;
}

/** What each stage shares with the others of its build. */
export type SharedExecution = Omit<Execution, 'imageNamed' | 'report' | 'step'>;

/** Runs the stages that a target needs, each as soon as those it builds on and copies from are done. */
export class StageRunner {
  readonly #shared: SharedExecution;
  readonly #images: BaseImages;
  readonly #runs = new Map<number, Promise<FinishedStage>>();
  readonly #stopOthers = new AbortController();
  /** What failed first; the others then end because they are stopped. */
  #failure: { error: unknown } | undefined;

  constructor(shared: SharedExecution, images: BaseImages) {
    const signals = [this.#stopOthers.signal, ...(shared.signal ? [shared.signal] : [])];
    this.#shared = { ...shared, signal: AbortSignal.any(signals) };
    this.#images = images;
  }

  /** @throws the failure of the stage that failed first, once no other one runs any more */
  async run(target: Stage): Promise<FinishedStage> {
    const { dockerfile, request } = this.#shared;
    const stages = neededStages(dockerfile, target, (stage) =>
      this.#expand(stage, stage.from.image),
    );
    const total = stages.reduce((sum, stage) => sum + 1 + stage.instructions.length, 0);
    const log = new OrderedLog(request.log);
    let first = 1;
    for (const stage of stages) {
      const run = this.#runStage(stage, { first, total, alone: stages.length === 1 }, log.open());
      this.#runs.set(stage.index, run);
      run.catch((error: unknown) => {
        this.#failure ??= { error };
        this.#stopOthers.abort();
      });
      first += 1 + stage.instructions.length;
    }
    return this.#outcome(target);
  }

  async #outcome(target: Stage): Promise<FinishedStage> {
    await Promise.allSettled(this.#runs.values());
    if (this.#failure) throw this.#failure.error;
    const finished = await this.#runs.get(target.index);
    if (finished === undefined) throw new BuildError('nothing to build');
    return finished;
  }

  async #runStage(
    stage: Stage,
    place: { first: number; total: number; alone: boolean },
    part: LogPart,
  ): Promise<FinishedStage> {
    // Stages start in the order of the file, after all of them are known.
    await Promise.resolve();
    const request = { ...this.#shared.request, log: part.log };
    const imageNamed: Execution['imageNamed'] = (name) => this.#imageNamed(stage, name);
    const execution = { ...this.#shared, request, imageNamed };
    const name = stage.from.alias ?? (place.alone ? undefined : `stage-${stage.index}`);
    const total = 1 + stage.instructions.length;
    const stepAt = (number: number, text: string, platform: Platform): BuildStep => {
      return { ...(name !== undefined && { stage: name }), number, total, text, platform };
    };
    try {
      part.log(`Step ${place.first}/${place.total} : ${stage.from.text}`);
      const platform = this.#platformOf(stage);
      const from = stepAt(1, stage.from.text, platform);
      await this.#earlierRun(stage)?.catch(() => undefined); // its failure is told when it is asked for
      const { state, base } = await reporting({ ...execution, step: from, report: noReport }, () =>
        this.#start(stage, platform).catch((error: unknown) => {
          throw placed({ dockerfile: execution.dockerfile, step: from }, stage.from, error);
        }),
      );
      part.log(state.layers.length > 0 ? ` ---> ${shortId(state)}` : ' --->');
      await executeTriggers({ ...execution, step: from, report: noReport }, state);
      for (const [at, instruction] of stage.instructions.entries()) {
        part.log(`Step ${place.first + 1 + at}/${place.total} : ${instruction.text}`);
        const step = stepAt(at + 2, instruction.text, platform);
        await reporting({ ...execution, step, report: noReport }, (scoped) =>
          executeInstruction(scoped, state, instruction),
        );
      }
      return { state, base };
    } finally {
      part.close();
    }
  }

  async #start(stage: Stage, platform: Platform): Promise<FinishedStage> {
    const { dockerfile } = this.#shared;
    const name = this.#expand(stage, stage.from.image);
    if (name === '') {
      throw dockerfile.errorAt(stage.from, `base name (${stage.from.image}) should not be blank`);
    }
    if (name.toLowerCase() === 'scratch') {
      return { state: scratchState(platform), base: undefined };
    }
    const run = this.#earlierRun(stage);
    if (run) {
      const { state, base } = await run;
      return { state: forkState(state), base };
    }
    const pulled = await this.#images.pull(name, platform).catch((error: unknown) => {
      throw this.#explained(error, stage, name);
    });
    if (pulled === undefined) {
      throw dockerfile.errorAt(stage.from, `invalid reference format: ${name}`);
    }
    return { state: { ...forkState(pulled.state), platform }, base: pulled.use };
  }

  /** The stage that a stage starts with. A number is a stage for COPY --from, but an image name for FROM. */
  #earlierRun(stage: Stage): Promise<FinishedStage> | undefined {
    const name = this.#expand(stage, stage.from.image);
    const earlier = findStage(this.#shared.dockerfile, name, stage.index);
    return earlier?.from.alias === undefined ? undefined : this.#runs.get(earlier.index);
  }

  /** What `COPY --from` and `--mount from=` may name in a stage: an earlier one, or an image. */
  async #imageNamed(stage: Stage, name: string): Promise<StageState | undefined> {
    const earlier = findStage(this.#shared.dockerfile, name, stage.index);
    if (earlier) return (await this.#runs.get(earlier.index))?.state;
    const platform = normalizePlatform(this.#shared.request.platform);
    const pulled = await this.#images.pull(name, platform).catch((error: unknown) => {
      throw this.#explained(error, stage, name);
    });
    return pulled?.state;
  }

  /** A name without registry that no registry knows is more likely a stage that is not there. */
  #explained(error: unknown, stage: Stage, name: string): unknown {
    if (!(error instanceof RemoteError) || !/^[a-z0-9_-]+$/i.test(name)) return error;
    const earlier = this.#shared.dockerfile.stages.slice(0, stage.index);
    const names = earlier.flatMap(({ from }) => from.alias ?? []);
    const near = closest(name.toLowerCase(), names, { slipsOnly: true });
    const later = findStage(this.#shared.dockerfile, name, this.#shared.dockerfile.stages.length);
    if (later) return new BuildError(`stage ${name} comes later in the file (${error.message})`);
    if (names.length === 0) return error;
    const hint =
      near === undefined ? `the stages are ${names.join(', ')}` : `did you mean ${near}?`;
    return new BuildError(`no stage is named ${name}; ${hint} (as an image: ${error.message})`);
  }

  #platformOf(stage: Stage): Platform {
    const { request, dockerfile } = this.#shared;
    if (stage.from.platform === undefined) return normalizePlatform(request.platform);
    const text = this.#expand(stage, stage.from.platform);
    const platform = parsePlatform(text);
    if (platform === undefined) {
      const wanted = formatPlatform(request.platform);
      throw dockerfile.errorAt(
        stage.from,
        `failed to parse platform "${text}"; write it like ${wanted}`,
      );
    }
    return platform;
  }

  #expand(stage: Stage, text: string): string {
    const { dockerfile, args } = this.#shared;
    const { escape } = dockerfile;
    return placing(dockerfile, stage.from, () =>
      expandWord(text, { lookup: args.lookupGlobal, escape }),
    );
  }
}

const noReport: Execution['report'] = { output: () => undefined, cached: () => undefined };

/** Carries out one step and tells its events; output also goes to the log. */
async function reporting<T>(
  execution: Execution,
  act: (scoped: Execution) => Promise<T>,
): Promise<T> {
  const { step, request } = execution;
  let outcome: 'done' | 'cached' = 'done';
  const report: Execution['report'] = {
    output(line) {
      request.log(line);
      request.progress?.({ type: 'output', step, line });
    },
    cached() {
      request.log(' ---> Using cache');
      outcome = 'cached';
    },
  };
  request.progress?.({ type: 'started', step });
  try {
    const result = await act({ ...execution, report });
    request.progress?.({ type: 'ended', step, outcome });
    return result;
  } catch (error) {
    request.progress?.({ type: 'ended', step, outcome: 'failed' });
    throw error;
  }
}
