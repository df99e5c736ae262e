import type { Clock } from '../../base/clock.js';
import type { Container, ContainerSpec, ExitStatus } from '../runtime.js';
import type { ContainerCgroup } from './cgroups.js';
import type { Monitor } from './monitor.js';
import { signalNumber } from './signals.js';

const SIGTERM = 15;
const SIGKILL = 9;

export interface EmbeddedContainerOptions {
  spec: ContainerSpec;
  monitor: Monitor;
  /** Of the program, as the host sees it. */
  pid: number;
  cgroup: ContainerCgroup;
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

  constructor(options: EmbeddedContainerOptions) {
    const { spec, monitor, pid, clock } = options;
    this.name = spec.name;
    this.pid = pid;
    this.startedAt = clock.now();
    this.layerPaths = 'image' in spec.rootfs ? spec.rootfs.image.layerPaths : [];
    this.#monitor = monitor;
    this.#clock = clock;
    this.exited = this.#finish(options);
  }

  async #finish({ cgroup, clean }: EmbeddedContainerOptions): Promise<ExitStatus> {
    const exit = await this.#monitor.exited;
    const kills = await cgroup.oomKills();
    await clean().catch(() => undefined); // what stays is removed with the sandbox
    return { ...exit, outOfMemory: kills > 0 && exit.code === 128 + SIGKILL };
  }

  async stop(graceMs: number, stopSignal?: string): Promise<ExitStatus> {
    const signal = stopSignal === undefined ? SIGTERM : (signalNumber(stopSignal) ?? SIGTERM);
    this.#monitor.signal(graceMs > 0 ? signal : SIGKILL);
    if (graceMs <= 0) return this.exited;
    const ended = new AbortController();
    this.#clock.sleep(graceMs, ended.signal).then(
      () => {
        this.#monitor.signal(SIGKILL);
      },
      () => undefined, // it ended in time
    );
    try {
      return await this.exited;
    } finally {
      ended.abort();
    }
  }
}
