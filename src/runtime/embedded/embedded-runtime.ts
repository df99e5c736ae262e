import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../base/clock.js';
import { Failure } from '../../base/failure.js';
import { silentLogger, type Logger } from '../../base/logger.js';
import { ISOLATION_LEVELS } from '../runtime.js';
import type {
  ContainerRuntime,
  ImageSource,
  IsolationLevel,
  NetworkInfo,
  RuntimeInfo,
  Sandbox,
  SandboxSpec,
  UnpackedImage,
  WrittenFolder,
} from '../runtime.js';
import { findCell } from './cell.js';
import { Cgroups } from './cgroups.js';
import { tryLevel, tryLevels, type LevelTrial, type MachineBase } from './isolation.js';
import { UpperFolder } from './layers/upper-folder.js';
import type { Machine } from './machine.js';
import { openNetwork } from './network/open-network.js';
import { removeTree } from '../../storage/remove-tree.js';
import { EmbeddedSandbox } from './sandbox.js';

export interface EmbeddedRuntimeOptions {
  /** Folder of this runtime alone, e.g. `'~/.lazurite/runtime'`. */
  stateDirectory: string;
  /** Folder of layers, which other processes may use as well; the state directory when left out. */
  sharedDirectory?: string;
  /** Exactly this level; the strongest that works when left out. */
  isolation?: IsolationLevel;
  /** Addresses for the sandboxes' way out, e.g. `'10.50.0.0/20'`, or `'none'`; a free range when left out. */
  network?: string;
  logger?: Logger;
  clock?: Clock;
}

/**
 * Opens a state directory, clears it of what a killed run left, and finds the strongest isolation that
 * works by running a tiny container.
 *
 * @throws Failure when no level works, or the one asked for does not.
 */
export async function createEmbeddedRuntime(
  options: EmbeddedRuntimeOptions,
): Promise<ContainerRuntime> {
  const base = await openState(options);
  const { machine: found, trials } = await tryLevels(base, options.isolation);
  if (!found) {
    await base.cgroups.close();
    throw noLevel(trials, options.isolation);
  }
  const machine = { ...found, network: await openNetwork(found, options.network) };
  await machine.layers.open();
  const runtime = new Embedded(machine, trials);
  const { isolation, reason, limits, network } = runtime.info;
  base.logger.info({ isolation, reason, limits, network }, 'container runtime is ready');
  return runtime;
}

/** Whether containers can be run at a level, and why not. */
export interface LevelDescription {
  level: IsolationLevel;
  works: boolean;
  reason: string;
}

/** Tries every level, for `lazurite doctor`; uses and removes a folder of its own. */
export function describeIsolation(): Promise<LevelDescription[]> {
  return withScratchState(async (base) => {
    const found: LevelDescription[] = [];
    for (const level of ISOLATION_LEVELS) {
      const { machine, reason } = await tryLevel(base, level);
      found.push({ level, works: machine !== undefined, reason });
    }
    return found;
  });
}

/** Connects a sandbox as the strongest level that works would, for `lazurite doctor`; undefined when none does. */
export function describeNetwork(): Promise<NetworkInfo | undefined> {
  return withScratchState(async (base) => {
    const { machine } = await tryLevels(base);
    if (!machine) return undefined;
    const network = await openNetwork(machine);
    await network.close();
    return network.info;
  });
}

async function withScratchState<T>(use: (base: MachineBase) => Promise<T>): Promise<T> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'lazurite-doctor-'));
  try {
    const base = await openState({ stateDirectory });
    try {
      return await use(base);
    } finally {
      await base.cgroups.close();
    }
  } finally {
    await removeTree(stateDirectory);
  }
}

async function openState(options: EmbeddedRuntimeOptions): Promise<MachineBase> {
  await mkdir(options.stateDirectory, { recursive: true, mode: 0o700 });
  const stateDirectory = await realpath(options.stateDirectory);
  const { sharedDirectory: shared = stateDirectory } = options;
  await mkdir(shared, { recursive: true, mode: 0o700 });
  const cell = findCell(stateDirectory);
  if (cell === undefined) {
    throw new Failure(`the embedded runtime does not run on ${process.platform}/${process.arch}`, {
      why: 'it needs Linux on x64, arm64 or arm',
      help: 'use a machine with Docker or Podman: lazurite up --runtime docker',
    });
  }
  const sandboxes = join(stateDirectory, 'sandboxes');
  const key = createHash('sha256').update(stateDirectory).digest('hex').slice(0, 10);
  const cgroups = await Cgroups.open(`lazurite-${key}`);
  await mkdir(sandboxes, { recursive: true, mode: 0o700 });
  for (const name of await readdir(sandboxes)) await removeTree(join(sandboxes, name));
  return {
    cell,
    stateDirectory,
    sharedDirectory: await realpath(shared),
    cgroups,
    logger: options.logger ?? silentLogger,
    clock: options.clock ?? systemClock,
  };
}

function noLevel(trials: LevelTrial[], wanted: IsolationLevel | undefined): Failure {
  const why = trials.map(({ level, reason }) => `${level}: ${reason}`).join('; ');
  return wanted
    ? new Failure(`isolation level "${wanted}" does not work here`, {
        why,
        help: 'leave out --isolation to use the strongest level that works; `lazurite doctor` lists them',
      })
    : new Failure('no container can be run here', { why, help: 'lazurite doctor' });
}

class Embedded implements ContainerRuntime {
  readonly info: RuntimeInfo;
  readonly stacking?: { create(): Promise<WrittenFolder> };
  readonly #machine: Machine;
  readonly #sandboxes = new Map<string, EmbeddedSandbox>();

  constructor(machine: Machine, trials: LevelTrial[]) {
    this.#machine = machine;
    const { layers, cell } = machine;
    if (layers.format !== 'plain') {
      this.stacking = { create: () => UpperFolder.create(layers, cell) };
    }
    this.info = {
      driver: 'embedded',
      isolation: machine.level,
      reason: trials.map(({ level, reason }) => `${level}: ${reason}`).join('; '),
      ...(machine.engine && { engine: machine.engine.version }),
      ownNetwork: machine.ownNetwork,
      network: machine.network.info,
      limits: machine.cgroups.info,
    };
  }

  unpack(image: ImageSource, signal?: AbortSignal): Promise<UnpackedImage> {
    return this.#machine.layers.unpack(image, signal);
  }

  async createSandbox(spec: SandboxSpec): Promise<Sandbox> {
    const sandbox = await EmbeddedSandbox.create(this.#machine, spec, () => {
      this.#sandboxes.delete(spec.id);
    });
    this.#sandboxes.set(spec.id, sandbox);
    return sandbox;
  }

  prune(before: Date): Promise<number> {
    const inUse = [...this.#sandboxes.values()].flatMap(({ layersInUse }) => layersInUse);
    return this.#machine.layers.prune(before, inUse);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sandboxes.values()].map((sandbox) => sandbox.remove()));
    await this.#machine.network.close();
    await this.#machine.layers.close();
    await this.#machine.cgroups.close();
  }
}
