import type { Clock } from '../../base/clock.js';
import { stopGracefully } from '../stop-gracefully.js';
import { ContainerStartError } from '../runtime.js';
import type {
  Container,
  ContainerSpec,
  ContainerUsage,
  ExecSpec,
  Execution,
  ExitStatus,
} from '../runtime.js';
import type { ContainerCgroup } from './cgroups.js';
import { cgroupUsage } from './cgroup-usage.js';
import type { Monitor } from './monitor.js';

const SIGKILL = 9;

export interface EmbeddedContainerOptions {
  spec: ContainerSpec;
  monitor: Monitor;
  /** Of the program, as the host sees it. */
  pid: number;
  cgroup: ContainerCgroup;
  /** Starts a further process in it. */
  exec: (pid: number, spec: ExecSpec) => Promise<Monitor>;
  /** Removes the container's folder and cgroups. */
  clean: () => Promise<void>;
  clock: Clock;
}

/** A running container; its traces are removed by the time `exited` resolves. */
export class EmbeddedContainer implements Container {
  readonly name: string;
  readonly pid: number;
  readonly startedAt: Date;
  readonly exited: Promise<ExitStatus>;
  readonly layerPaths: string[];
  readonly #monitor: Monitor;
  readonly #clock: Clock;
  readonly #cgroup: ContainerCgroup;
  readonly #startExec: EmbeddedContainerOptions['exec'];
  readonly #executions = new Set<Monitor>();
  #ended = false;

  constructor(options: EmbeddedContainerOptions) {
    const { spec, monitor, pid, clock } = options;
    this.name = spec.name;
    this.pid = pid;
    this.startedAt = clock.now();
    this.layerPaths = 'image' in spec.rootfs ? spec.rootfs.image.layerPaths : [];
    this.#monitor = monitor;
    this.#clock = clock;
    this.#cgroup = options.cgroup;
    this.#startExec = options.exec;
    this.exited = this.#finish(options);
  }

  async #finish({ cgroup, clean }: EmbeddedContainerOptions): Promise<ExitStatus> {
    const exit = await this.#monitor.exited;
    this.#ended = true;
    for (const execution of this.#executions) execution.signal(SIGKILL);
    const kills = await cgroup.oomKills();
    await clean().catch(() => undefined); // what stays is removed with the sandbox
    return { ...exit, outOfMemory: kills > 0 && exit.code === 128 + SIGKILL };
  }

  stop(graceMs: number, stopSignal?: string): Promise<ExitStatus> {
    return stopGracefully({
      kill: (signal) => {
        this.#monitor.signal(signal);
      },
      exited: this.exited,
      clock: this.#clock,
      graceMs,
      stopSignal,
    });
  }

  async exec(spec: ExecSpec): Promise<Execution> {
    const process = this.#ended ? undefined : await this.#startExec(this.pid, spec);
    if (!process || this.#hasEnded()) {
      process?.signal(SIGKILL);
      throw new ContainerStartError('OTHER', `container ${this.name} has ended`);
    }
    this.#executions.add(process);
    void process.exited.then(() => this.#executions.delete(process));
    return {
      input: process.input,
      output: process.output,
      exited: process.exited,
      resize: (size) => {
        process.resize(size);
      },
      kill: () => {
        process.signal(SIGKILL);
      },
    };
  }

  async usage(): Promise<ContainerUsage | undefined> {
    return this.#ended ? undefined : cgroupUsage(this.#cgroup.usageFolders);
  }

  /** Asked again after waiting. */
  #hasEnded(): boolean {
    return this.#ended;
  }
}
