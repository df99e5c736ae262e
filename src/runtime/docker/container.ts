import type { Clock } from '../../base/clock.js';
import type { Container, ContainerUsage, ExecSpec, Execution, ExitStatus } from '../runtime.js';
import { stopGracefully } from '../stop-gracefully.js';
import { checkTexts } from '../check-spec.js';
import type { ContainerOutput } from './container-output.js';
import { containerUsage } from './container-usage.js';
import type { Engine } from './engine.js';
import { hasEnded, startExec } from './exec.js';
import { exitStatus } from './exit-status.js';
import { exitCodeOf, removeContainer, stateOf } from './engine-containers.js';

const KILLED = 137;

export interface DockerContainerOptions {
  engine: Engine;
  /** The engine's id. */
  id: string;
  name: string;
  pid: number;
  output: ContainerOutput;
  clock: Clock;
  /** Ends a process by the number that the engine's machine gives it. */
  kill: (pid: number) => Promise<void>;
  /** The runtime is being closed. */
  closing: AbortSignal;
}

/** A running container of the engine; removed there by the time `exited` resolves. */
export class DockerContainer implements Container {
  readonly name: string;
  readonly pid: number;
  readonly startedAt: Date;
  readonly exited: Promise<ExitStatus>;
  readonly #options: DockerContainerOptions;
  #ended = false;

  constructor(options: DockerContainerOptions) {
    this.#options = options;
    this.name = options.name;
    this.pid = options.pid;
    this.startedAt = options.clock.now();
    this.exited = this.#finish();
  }

  async #finish(): Promise<ExitStatus> {
    const { engine, id, output, clock, closing } = this.#options;
    const code = await exitCodeOf(engine, id, clock, closing);
    this.#ended = true;
    await output.rest(clock);
    const state = await stateOf(engine, id).catch(() => undefined);
    await removeContainer(engine, id).catch(() => undefined); // what stays is removed with the sandbox
    return { ...exitStatus(code), outOfMemory: code === KILLED && state?.['OOMKilled'] === true };
  }

  stop(graceMs: number, stopSignal?: string): Promise<ExitStatus> {
    const { engine, id, clock } = this.#options;
    const kill = (signal: number): void => {
      const query = { signal: `${signal}` };
      // It may have ended; an engine that went away is waited for by `exited`.
      engine.call('POST', `/containers/${id}/kill`, { query }).catch(() => undefined);
    };
    return stopGracefully({ kill, exited: this.exited, clock, graceMs, stopSignal });
  }

  async exec(spec: ExecSpec): Promise<Execution> {
    const { engine, id, clock, kill, name } = this.#options;
    checkTexts(spec.argv);
    if (this.#ended) throw hasEnded(name);
    try {
      return await startExec({ engine, id, spec, clock, kill });
    } catch (error) {
      throw this.#hasEnded() ? hasEnded(name) : error;
    }
  }

  async usage(): Promise<ContainerUsage | undefined> {
    const { engine, id } = this.#options;
    return this.#ended ? undefined : containerUsage(engine, id);
  }

  /** Asked again after waiting. */
  #hasEnded(): boolean {
    return this.#ended;
  }
}
