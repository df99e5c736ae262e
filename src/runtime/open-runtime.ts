import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import { Failure, messageOf } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import { createDockerRuntime } from './docker/docker-runtime.js';
import { findEngine } from './docker/engine-address.js';
import { createEmbeddedRuntime } from './embedded/embedded-runtime.js';
import {
  UNUSED_MS,
  type ContainerRuntime,
  type IsolationLevel,
  type RuntimeChoice,
  type RuntimeInfo,
} from './runtime.js';

export interface OpenRuntimeOptions {
  choice: RuntimeChoice;
  /** Exactly this level of the embedded runtime. */
  isolation?: IsolationLevel | undefined;
  /** Addresses for the way out of the embedded runtime's sandboxes, or `'none'`. */
  network?: string | undefined;
  /** Folder of the runtimes alone, e.g. `'~/.lazurite/runtime'`. */
  stateDirectory: string;
  logger: Logger;
  clock: Clock;
  env?: Readonly<Record<string, string | undefined>>;
}

/** The drivers, so that a test can choose among others. */
export interface Drivers {
  embedded(options: OpenRuntimeOptions): Promise<ContainerRuntime>;
  docker(options: OpenRuntimeOptions): Promise<ContainerRuntime>;
}

/** What runs containers, and why it does. */
export interface ChosenRuntime {
  runtime: ContainerRuntime;
  /** e.g. `'the embedded runtime works here'` */
  why: string;
}

/**
 * Opens the driver that was asked for. `auto` takes the embedded one where replicas have a network of their own
 * there, else an engine that answers, else the embedded one as it is.
 *
 * @throws Failure with every driver's own reason when none can run containers
 */
export async function openRuntime(
  options: OpenRuntimeOptions,
  drivers: Drivers = { embedded: openEmbedded, docker: openDocker },
): Promise<ChosenRuntime> {
  const { choice, isolation, network } = options;
  if (choice === 'docker') {
    refuseIsolation(isolation);
    refuseNetwork(network);
    return { runtime: await drivers.docker(options), why: 'asked for with --runtime docker' };
  }
  if (choice === 'embedded') {
    return { runtime: await drivers.embedded(options), why: 'asked for with --runtime embedded' };
  }
  if (isolation !== undefined) {
    const why = `--isolation ${isolation} is one of the embedded runtime's levels`;
    return { runtime: await drivers.embedded(options), why };
  }
  if (network !== undefined) {
    const why = `--replica-network ${network} is for the embedded runtime`;
    return { runtime: await drivers.embedded(options), why };
  }
  return choose(options, drivers);
}

async function choose(options: OpenRuntimeOptions, drivers: Drivers): Promise<ChosenRuntime> {
  const embedded = await attempt(() => drivers.embedded(options));
  if (embedded.runtime?.info.ownNetwork) {
    return { runtime: embedded.runtime, why: `auto: ${lead(embedded.runtime.info)} works here` };
  }
  const docker = await attempt(() => drivers.docker(options));
  if (docker.runtime) {
    await embedded.runtime?.close();
    const without = embedded.runtime
      ? `${lead(embedded.runtime.info)} gives replicas no network of their own`
      : `the embedded runtime does not work here (${embedded.reason})`;
    return { runtime: docker.runtime, why: `auto: ${without}` };
  }
  if (embedded.runtime) {
    const why = `auto: ${lead(embedded.runtime.info)} is what works here; docker: ${docker.reason}`;
    return { runtime: embedded.runtime, why };
  }
  throw new Failure('no container can be run here', {
    why: `embedded: ${embedded.reason}; docker: ${docker.reason}`,
    help: 'lazurite doctor',
  });
}

function lead({ driver, isolation }: RuntimeInfo): string {
  return `the ${driver} runtime (isolation ${isolation})`;
}

type Attempt = { runtime: ContainerRuntime; reason?: never } | { runtime?: never; reason: string };

async function attempt(open: () => Promise<ContainerRuntime>): Promise<Attempt> {
  try {
    return { runtime: await open() };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { reason: error.why ? `${error.message}: ${error.why}` : messageOf(error) };
  }
}

function refuseIsolation(isolation: IsolationLevel | undefined): void {
  if (isolation === undefined) return;
  throw new Failure(`--isolation ${isolation} is not for the docker runtime`, {
    why: 'the engine decides how its containers are kept apart',
    help: `lazurite up --runtime embedded --isolation ${isolation}`,
    exitCode: 2,
  });
}

function refuseNetwork(network: string | undefined): void {
  if (network === undefined) return;
  throw new Failure(`--replica-network ${network} is not for the docker runtime`, {
    why: 'the engine gives its containers their addresses',
    help: `lazurite up --runtime embedded --replica-network ${network}`,
    exitCode: 2,
  });
}

function openEmbedded({
  isolation,
  network,
  ...options
}: OpenRuntimeOptions): Promise<ContainerRuntime> {
  return createEmbeddedRuntime({
    ...options,
    ...(isolation && { isolation }),
    ...(network !== undefined && { network }),
  });
}

async function openDocker(options: OpenRuntimeOptions): Promise<ContainerRuntime> {
  const address = findEngine(options.env);
  if (address) {
    const stateDirectory = join(options.stateDirectory, 'docker');
    return createDockerRuntime({ ...options, address, stateDirectory });
  }
  throw new Failure('no container engine was found', {
    why: 'DOCKER_HOST and CONTAINER_HOST are not set, and no socket of Docker or Podman is here',
    help: 'start Docker, or: podman system service --time 0 & — or name one with DOCKER_HOST',
  });
}

/**
 * What builds run their steps with: those run in a folder of this machine, which only the embedded driver can.
 *
 * @param apps what apps run with
 */
export function runtimeForBuilds(
  apps: ContainerRuntime,
  options: Omit<OpenRuntimeOptions, 'choice' | 'isolation'>,
): { open: () => Promise<ContainerRuntime>; close: () => Promise<void> } {
  if (apps.info.driver === 'embedded') {
    return { open: () => Promise.resolve(apps), close: () => Promise.resolve() };
  }
  let opened: Promise<ContainerRuntime> | undefined;
  const { stateDirectory: sharedDirectory, clock } = options;
  const stateDirectory = join(sharedDirectory, 'builds');
  const place = { ...options, stateDirectory, sharedDirectory, network: 'none' };
  return {
    open: () => (opened ??= createEmbeddedRuntime(place)),
    close: async () => {
      const runtime = await opened?.catch(() => undefined);
      await runtime?.prune(new Date(clock.now().getTime() - UNUSED_MS));
      await runtime?.close();
    },
  };
}
