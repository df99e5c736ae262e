import { createHash, randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../base/clock.js';
import { Failure, messageOf } from '../../base/failure.js';
import { isJsonObject, type JsonObject } from '../../base/json.js';
import { silentLogger, type Logger } from '../../base/logger.js';
import { GATEWAY_ADDRESS } from '../gateway-link.js';
import type {
  ContainerRuntime,
  ImageSource,
  RuntimeInfo,
  Sandbox,
  SandboxSpec,
  UnpackedImage,
} from '../runtime.js';
import { Engine, EngineError } from './engine.js';
import type { EngineAddress } from './engine-address.js';
import { removeLabelled } from './engine-containers.js';
import { ImageStore } from './image-store.js';
import { HOME_LABEL, RUN_LABEL } from './labels.js';
import { Lifeline } from './lifeline.js';
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

const WEB_PORT = 80;

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
  const run = randomUUID();
  let lifeline: Lifeline | undefined;
  try {
    const removed = await removeLabelled(engine, `${HOME_LABEL}=${key}`);
    const images = new ImageStore(engine, join(stateDirectory, 'images'));
    const relay = await images.load(await relayImage(engine.architecture));
    lifeline = Lifeline.start(address, run);
    const closing = new AbortController();
    setMaxListeners(0, closing.signal); // one for each container
    const host = {
      ...{ engine, key, relayImage: relay, limits: await limitsOf(engine), clock },
      labels: { [HOME_LABEL]: key, [RUN_LABEL]: run },
      closing: closing.signal,
    };
    const runtime = new Docker(
      { ...host, ...(await findWay(host)) },
      { images, closing, lifeline },
    );
    logger.info({ ...runtime.info, removed }, 'container runtime is ready');
    return runtime;
  } catch (error) {
    await lifeline?.release();
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

/** How sandboxes are reached, and whether they reach Lazurite. */
interface Way {
  route: RelayRoute;
  hasGateway: boolean;
  /** Why there is no gateway. */
  refusal?: string;
}

/** @throws Failure when no way leads to a relay. */
async function findWay(host: Omit<DockerHost, 'route' | 'hasGateway'>): Promise<Way> {
  const { engine } = host;
  const reasons: string[] = [];
  for (const route of relayRoutes(engine.address)) {
    try {
      return await tryRoute(host, route);
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  throw new Failure(`containers of ${engine.name} cannot be reached`, {
    why: [...new Set(reasons)].join('; '),
    help: 'the engine needs its default bridge network and must publish ports; lazurite up --runtime embedded needs no engine',
  });
}

/** @throws Error when no sandbox is reached by it */
async function tryRoute(
  host: Omit<DockerHost, 'route' | 'hasGateway'>,
  route: RelayRoute,
): Promise<Way> {
  let refusal: string;
  try {
    const sandbox = await trySandbox({ ...host, route, hasGateway: true });
    try {
      await sandbox.listen('gateway', WEB_PORT);
      return { route, hasGateway: true };
    } catch (error) {
      refusal = messageOf(error);
    } finally {
      await sandbox.remove();
    }
  } catch (error) {
    // It may refuse a relay what a gateway needs, and take one without.
    if (!(error instanceof EngineError)) throw error;
    refusal = messageOf(error);
    await (await trySandbox({ ...host, route, hasGateway: false })).remove();
  }
  return { route, hasGateway: false, refusal };
}

function trySandbox(host: DockerHost): Promise<DockerSandbox> {
  const spec = { id: `trial-${process.pid}`, hostname: 'trial' };
  return DockerSandbox.create(host, spec, () => undefined);
}

class Docker implements ContainerRuntime {
  readonly info: RuntimeInfo;
  readonly #host: DockerHost;
  readonly #images: ImageStore;
  readonly #closing: AbortController;
  readonly #lifeline: Lifeline;
  readonly #sandboxes = new Map<string, DockerSandbox>();

  constructor(
    host: DockerHost & Way,
    own: { images: ImageStore; closing: AbortController; lifeline: Lifeline },
  ) {
    this.#host = host;
    this.#images = own.images;
    this.#closing = own.closing;
    this.#lifeline = own.lifeline;
    const { engine, limits, hasGateway, refusal } = host;
    const network = `the default network of ${engine.name}`;
    this.info = {
      driver: 'docker',
      isolation: 'oci',
      reason: `${engine.address.text} (${engine.address.source}), Engine API ${engine.apiVersion}`,
      engine: engine.name,
      ownNetwork: true,
      network: {
        ...(hasGateway && { gateway: GATEWAY_ADDRESS }),
        egress: 'nat',
        reason: refusal === undefined ? network : `${network}; no gateway: ${refusal}`,
      },
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
    await this.#lifeline.release();
    this.#closing.abort();
    this.#host.engine.close();
  }
}
