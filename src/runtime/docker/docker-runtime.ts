import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../base/clock.js';
import { Failure, messageOf } from '../../base/failure.js';
import { isJsonObject, type JsonObject } from '../../base/json.js';
import { silentLogger, type Logger } from '../../base/logger.js';
import type {
  ContainerRuntime,
  ImageSource,
  RuntimeInfo,
  Sandbox,
  SandboxSpec,
  UnpackedImage,
} from '../runtime.js';
import { Engine } from './engine.js';
import type { EngineAddress } from './engine-address.js';
import { removeLabelled } from './engine-containers.js';
import { ImageStore } from './image-store.js';
import { HOME_LABEL } from './labels.js';
import { relayImage } from './relay.js';
import { relayRoutes, type RelayRoute } from './relay-route.js';
import type { DockerHost } from './docker-host.js';
import { DockerSandbox } from './sandbox.js';

export interface DockerRuntimeOptions {
  address: EngineAddress;
  /** Folder of this runtime alone, e.g. `'~/.lazurite/runtime'`. */
  stateDirectory: string;
  logger?: Logger;
  clock?: Clock;
}

/** Certainly nobody listens there in a new sandbox, and the relay says so. */
const UNUSED_PORT = 1;

/**
 * Connects to an engine, removes what a killed run with this state directory left there, and finds out how
 * its containers are reached by running one.
 *
 * @throws Failure when no engine answers, or its containers can't be reached.
 */
export async function createDockerRuntime(
  options: DockerRuntimeOptions,
): Promise<ContainerRuntime> {
  const { address, logger = silentLogger, clock = systemClock } = options;
  await mkdir(options.stateDirectory, { recursive: true, mode: 0o700 });
  const stateDirectory = await realpath(options.stateDirectory);
  const key = createHash('sha256').update(stateDirectory).digest('hex').slice(0, 10);
  const engine = await Engine.connect(address);
  try {
    const removed = await removeLabelled(engine, `${HOME_LABEL}=${key}`);
    const images = new ImageStore(engine, join(stateDirectory, 'images'));
    const relay = await images.load(await relayImage(engine.architecture));
    const closing = new AbortController();
    setMaxListeners(0, closing.signal); // one for each container
    const host = { engine, key, relayImage: relay, limits: await limitsOf(engine), clock };
    const route = await findRoute({ ...host, closing: closing.signal });
    const runtime = new Docker({ ...host, route, closing: closing.signal }, images, closing);
    logger.info({ ...runtime.info, removed }, 'container runtime is ready');
    return runtime;
  } catch (error) {
    engine.close();
    throw error;
  }
}

async function limitsOf(engine: Engine): Promise<RuntimeInfo['limits']> {
  const answer = await engine.call('GET', '/info');
  const info: JsonObject = isJsonObject(answer) ? answer : {};
  const memory = info['MemoryLimit'] !== false;
  const cpu = info['CpuCfsQuota'] !== false;
  const missing = [...(cpu ? [] : ['cpu']), ...(memory ? [] : ['memory'])].join(' and ');
  const reason = `${engine.name} says that it can't limit ${missing}`;
  return { cpu, memory, ...(missing !== '' && { reason }) };
}

/** @throws Failure when no way leads to a relay. */
async function findRoute(host: Omit<DockerHost, 'route'>): Promise<RelayRoute> {
  const { engine } = host;
  const reasons: string[] = [];
  for (const route of relayRoutes(engine.address)) {
    try {
      await tryRoute({ ...host, route });
      return route;
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  throw new Failure(`containers of ${engine.name} cannot be reached`, {
    why: [...new Set(reasons)].join('; '),
    help: 'the engine needs its default bridge network and must publish ports; lazurite up --runtime embedded needs no engine',
  });
}

async function tryRoute(host: DockerHost): Promise<void> {
  const sandbox = await DockerSandbox.create(
    host,
    { id: `trial-${process.pid}`, hostname: 'trial' },
    () => undefined,
  );
  try {
    const refusal: unknown = await sandbox.dial(UNUSED_PORT).catch((error: unknown) => error);
    if (!(refusal instanceof Error)) throw new Error('the relay did not answer');
    if (refusal.cause instanceof Error) throw refusal.cause; // the relay itself was not reached
  } finally {
    await sandbox.remove();
  }
}

class Docker implements ContainerRuntime {
  readonly info: RuntimeInfo;
  readonly #host: DockerHost;
  readonly #images: ImageStore;
  readonly #closing: AbortController;
  readonly #sandboxes = new Map<string, DockerSandbox>();

  constructor(host: DockerHost, images: ImageStore, closing: AbortController) {
    this.#host = host;
    this.#images = images;
    this.#closing = closing;
    const { engine, limits } = host;
    this.info = {
      driver: 'docker',
      isolation: 'oci',
      reason: `${engine.address.text} (${engine.address.source}), Engine API ${engine.apiVersion}`,
      engine: engine.name,
      ownNetwork: true,
      network: { egress: 'nat', reason: `the default network of ${engine.name}` },
      limits,
    };
  }

  unpack(image: ImageSource, signal?: AbortSignal): Promise<UnpackedImage> {
    return this.#images.load(image, signal);
  }

  async createSandbox(spec: SandboxSpec): Promise<Sandbox> {
    const sandbox = await DockerSandbox.create(this.#host, spec, () => {
      this.#sandboxes.delete(spec.id);
    });
    this.#sandboxes.set(spec.id, sandbox);
    return sandbox;
  }

  prune(before: Date): Promise<number> {
    return this.#images.prune(before, this.#host.relayImage.manifestDigest);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sandboxes.values()].map((sandbox) => sandbox.remove()));
    this.#closing.abort();
    this.#host.engine.close();
  }
}
