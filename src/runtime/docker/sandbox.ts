import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { dialError } from '../embedded/holder.js';
import { checkSpec } from '../check-spec.js';
import { ContainerStartError } from '../runtime.js';
import type {
  Container,
  ContainerSpec,
  Datagrams,
  ListenPlace,
  Sandbox,
  SandboxSpec,
  UnpackedImage,
} from '../runtime.js';
import { DockerContainer } from './container.js';
import type { DockerHost } from './docker-host.js';
import { containerBody, MAX_HOSTNAME, relayBody } from './container-body.js';
import type { EngineAddress } from './engine-address.js';
import { killProcess } from './kill-process.js';
import { createContainer, removeContainer, removeLabelled, stateOf } from './engine-containers.js';
import { CONTAINER_LABEL, SANDBOX_LABEL } from './labels.js';
import { ContainerOutput } from './container-output.js';
import { OutputGate } from '../output-gate.js';
import { doubtOf, refuseUnrunnable } from './unrunnable.js';
import {
  dialThroughRelay,
  newRelayToken,
  portsBehindRelay,
  untilRelayAnswers,
  type RelayAddress,
} from './relay.js';
import { RelayDatagrams } from './relay-datagrams.js';
import { RelayServer } from './relay-server.js';
import { relayAddress } from './relay-route.js';
import { startFailure } from './start-failure.js';

/** One replica: a relay that keeps the network, and containers that join it. */
export class DockerSandbox implements Sandbox {
  readonly id: string;
  readonly #host: DockerHost;
  readonly #hostname: string;
  readonly #labels: Record<string, string>;
  readonly #relayId: string;
  readonly #relay: RelayAddress;
  readonly #onRemoved: () => void;
  /** Open for what runs inside. */
  readonly #ports = new Set<RelayServer | RelayDatagrams>();
  /** Being closed. */
  readonly #closing = new Set<Promise<void>>();
  #started = 0;
  #removal: Promise<void> | undefined;

  private constructor(
    host: DockerHost,
    { id, hostname }: SandboxSpec,
    relay: { id: string; address: RelayAddress },
    onRemoved: () => void,
  ) {
    this.id = id;
    this.#hostname = hostname.slice(0, MAX_HOSTNAME);
    this.#host = host;
    this.#labels = labelsOf(host, id);
    this.#relayId = relay.id;
    this.#relay = relay.address;
    this.#onRemoved = onRemoved;
  }

  static async create(
    host: DockerHost,
    spec: SandboxSpec,
    onRemoved: () => void,
  ): Promise<DockerSandbox> {
    const { engine, key, relayImage, route, hasGateway, clock } = host;
    const token = newRelayToken();
    const labels = labelsOf(host, spec.id);
    const body = relayBody({ image: relayImage, token, spec, labels, route, hasGateway });
    const id = await createContainer(engine, `lazurite-${key}-${spec.id}`, body);
    try {
      await engine.call('POST', `/containers/${id}/start`);
      const address = await relayAddress(engine, id, token, route);
      await untilRelayAnswers(address, clock);
      return new DockerSandbox(host, spec, { id, address }, onRemoved);
    } catch (error) {
      await removeContainer(engine, id);
      throw error;
    }
  }

  async run(spec: ContainerSpec, signal?: AbortSignal): Promise<Container> {
    signal?.throwIfAborted();
    if (this.#removal) throw new Error(`sandbox ${this.id} is being removed`);
    checkSpec(spec);
    if ('directory' in spec.rootfs) {
      throw new ContainerStartError(
        'OTHER',
        'the docker runtime runs images only, not a folder of this machine',
      );
    }
    if (spec.mounts?.length && isElsewhere(this.#host.engine.address)) {
      throw new ContainerStartError(
        'OTHER',
        'an engine on another machine cannot show folders of this machine',
      );
    }
    const { image } = spec.rootfs;
    const { engine, key, limits } = this.#host;
    // Docker gives it the relay's and refuses another; Podman does neither.
    const hostname = engine.isPodman ? this.#hostname : undefined;
    const name = `lazurite-${key}-${this.id}-${spec.name}-${++this.#started}`;
    const labels = { ...this.#labels, [CONTAINER_LABEL]: spec.name };
    const body = containerBody({ image, spec, labels, relayId: this.#relayId, limits, hostname });
    const id = await createContainer(engine, name, body).catch((error: unknown) => {
      throw startFailure(error, spec.argv);
    });
    try {
      const container = await this.#start(id, spec, image);
      if (this.#isRemoved() || signal?.aborted) {
        await container.stop(0);
        signal?.throwIfAborted();
        throw new Error(`sandbox ${this.id} was removed`);
      }
      return container;
    } catch (error) {
      await removeContainer(engine, id);
      throw startFailure(error, spec.argv);
    }
  }

  /** Asked again after waiting: meanwhile anyone may have called `remove`. */
  #isRemoved(): boolean {
    return this.#removal !== undefined;
  }

  async #start(id: string, spec: ContainerSpec, image: UnpackedImage): Promise<DockerContainer> {
    const { engine, clock, closing } = this.#host;
    const doubt = doubtOf(spec.argv[0] ?? '', image, engine.architecture);
    const gate = new OutputGate(spec.onOutput);
    if (doubt === undefined) gate.open();
    // Before the start, so that nothing it says is lost.
    const output = await ContainerOutput.attach(engine, id, gate.write.bind(gate));
    await engine.call('POST', `/containers/${id}/start`);
    const pid = Number((await stateOf(engine, id))?.['Pid'] ?? 0);
    const { name } = spec;
    const container = new DockerContainer({
      ...{ engine, id, name, pid, output, clock, closing },
      kill: (process) => killProcess(this.#host, process),
    });
    if (doubt !== undefined) {
      await refuseUnrunnable({ container, spec, clock, machine: doubt, words: () => gate.text });
    }
    gate.open();
    return container;
  }

  async dial(port: number): Promise<Duplex> {
    if (this.#removal) throw dialError(port, 'ECONNREFUSED');
    await Promise.all(this.#closing);
    return dialThroughRelay(this.#relay, port);
  }

  async listen(at: ListenPlace, port: number): Promise<Server> {
    if (this.#removal) throw isGone(this.id);
    await Promise.all(this.#closing);
    const server = await RelayServer.listen(this.#relay, { at, port }, (ended) => {
      this.#ports.delete(server);
      this.#closing.add(ended);
      void ended.then(() => this.#closing.delete(ended));
    });
    return this.#keep(server);
  }

  async bind(port: number): Promise<Datagrams> {
    if (this.#removal) throw isGone(this.id);
    const datagrams = await RelayDatagrams.open(this.#relay, port);
    datagrams.once('close', () => this.#ports.delete(datagrams));
    return this.#keep(datagrams);
  }

  #keep<T extends RelayServer | RelayDatagrams>(port: T): T {
    if (this.#isRemoved()) port.close();
    else this.#ports.add(port);
    return port;
  }

  listeningPorts(): Promise<number[]> {
    return portsBehindRelay(this.#relay);
  }

  remove(): Promise<void> {
    this.#removal ??= this.#remove();
    return this.#removal;
  }

  async #remove(): Promise<void> {
    for (const port of this.#ports) port.close();
    const labels = Object.entries(this.#labels).map(([name, value]) => `${name}=${value}`);
    await removeLabelled(this.#host.engine, ...labels);
    this.#onRemoved();
  }
}

function labelsOf({ labels }: DockerHost, id: string): Record<string, string> {
  return { ...labels, [SANDBOX_LABEL]: id };
}

function isElsewhere({ tcp }: EngineAddress): boolean {
  return tcp !== undefined && !/^(localhost|127\.|::1$)/.test(tcp.host);
}

function isGone(id: string): Error {
  return Object.assign(new Error(`sandbox ${id} is being removed`), { code: 'ENETUNREACH' });
}
