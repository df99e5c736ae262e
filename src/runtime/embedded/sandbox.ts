import type { Socket as DatagramSocket } from 'node:dgram';
import { mkdir } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type {
  Container,
  ContainerSpec,
  ExecSpec,
  ListenPlace,
  Sandbox,
  SandboxSpec,
} from '../runtime.js';
import { checkSpec, checkTexts } from '../check-spec.js';
import { OutputGate } from '../output-gate.js';
import { BorrowedRoot } from './borrowed-root.js';
import type { ContainerCgroup } from './cgroups.js';
import { containerEnvironment } from './container-environment.js';
import { EmbeddedContainer } from './container.js';
import { dialError, Holder } from './holder.js';
import type { Launch } from './launch-spec.js';
import { planExec, planLaunch } from './launch.js';
import { portsInNetworkOf, portsOfProcesses } from './listening-ports.js';
import type { Machine } from './machine.js';
import { Monitor } from './monitor.js';
import { NO_CABLES, type Connection } from './network/network.js';
import { networkFiles } from './network-files.js';
import { waitForOciStart } from './oci-start.js';
import { removeTree } from '../../storage/remove-tree.js';
import { prepareRootfs } from './rootfs.js';
import { RootfsView } from './rootfs-view.js';
import { startFailure } from './start-failure.js';
import { resolveUser } from './user.js';

/** Safe as a file name and as a cgroup's. */
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
const MAX_HOSTNAME = 64;

/** One replica's sandbox on this machine, at whichever isolation level the machine runs. */
export class EmbeddedSandbox implements Sandbox {
  readonly id: string;
  readonly watch: Sandbox['watch'];
  readonly #machine: Machine;
  readonly #hostname: string;
  readonly #names: readonly string[];
  readonly #holder: Holder | undefined;
  readonly #connection: Connection;
  /** Sockets that wait in its networks. */
  readonly #ports = new Set<Server | DatagramSocket>();
  readonly #directory: string;
  readonly #containers = new Set<EmbeddedContainer>();
  readonly #onRemoved: () => void;
  #started = 0;
  #removal: Promise<void> | undefined;

  private constructor(
    machine: Machine,
    spec: SandboxSpec,
    directory: string,
    network: { holder?: Holder; connection: Connection },
    onRemoved: () => void,
  ) {
    this.id = spec.id;
    this.#machine = machine;
    this.#hostname = spec.hostname.slice(0, MAX_HOSTNAME);
    this.#names = [this.#hostname, ...(spec.hosts ?? [])];
    this.#directory = directory;
    const { holder } = network;
    this.#holder = holder;
    this.watch = holder && ((...how) => holder.watch(...how));
    this.#connection = network.connection;
    this.#onRemoved = onRemoved;
  }

  static async create(
    machine: Machine,
    spec: SandboxSpec,
    onRemoved: () => void,
  ): Promise<EmbeddedSandbox> {
    if (!SAFE_ID.test(spec.id))
      throw new Error(`sandbox id ${JSON.stringify(spec.id)} is no file name`);
    const directory = join(machine.stateDirectory, 'sandboxes', spec.id);
    await mkdir(directory, { mode: 0o700 });
    try {
      const network = await openNetworkOf(machine, spec);
      return new EmbeddedSandbox(machine, spec, directory, network, onRemoved);
    } catch (error) {
      await removeTree(directory);
      throw error;
    }
  }

  /** Layers that containers here are made of. */
  get layersInUse(): string[] {
    return [...this.#containers].flatMap(({ layerPaths }) => layerPaths);
  }

  async run(spec: ContainerSpec, signal?: AbortSignal): Promise<Container> {
    signal?.throwIfAborted();
    if (this.#removal) throw new Error(`sandbox ${this.id} is being removed`);
    checkSpec(spec);
    const number = ++this.#started;
    const directory = join(this.#directory, `c${number}`);
    await mkdir(directory, { mode: 0o700 });
    const cgroupId = `${this.id}.${number}`;
    const cgroup =
      this.#machine.level === 'oci'
        ? this.#machine.cgroups.ofOciRuntime(cgroupId)
        : await this.#machine.cgroups.create(cgroupId, spec.limits ?? {});
    const borrowed =
      'directory' in spec.rootfs ? new BorrowedRoot(spec.rootfs.directory) : undefined;
    const clean = async (): Promise<void> => {
      await cgroup.remove();
      borrowed?.restore(networkFiles(this.#names));
      await removeTree(directory);
    };
    try {
      const launch = await this.#prepare(spec, directory, cgroup, cgroupId);
      const { monitor, pid } = await this.#start(launch);
      const container = new EmbeddedContainer({
        spec,
        monitor,
        pid,
        cgroup,
        exec: (of, execSpec) => this.#exec(launch, of, execSpec),
        clean,
        clock: this.#machine.clock,
      });
      this.#containers.add(container);
      void container.exited.then(() => this.#containers.delete(container));
      if (this.#isRemoved() || signal?.aborted) {
        await container.stop(0);
        signal?.throwIfAborted();
        throw new Error(`sandbox ${this.id} was removed`);
      }
      return container;
    } catch (error) {
      await clean();
      throw error;
    }
  }

  /** Asked again after waiting: meanwhile anyone may have called `remove`. */
  #isRemoved(): boolean {
    return this.#removal !== undefined;
  }

  async #prepare(
    spec: ContainerSpec,
    directory: string,
    cgroup: ContainerCgroup,
    cgroupId: string,
  ): Promise<Launch> {
    const machine = this.#machine;
    const rootfs = await prepareRootfs(spec.rootfs, {
      directory,
      format: machine.layers.format,
      layersDirectory: machine.layers.directory,
    });
    const stacked = 'image' in spec.rootfs && rootfs.overlay !== undefined;
    const view = await RootfsView.open(
      stacked && 'image' in spec.rootfs ? spec.rootfs.image.layerPaths : [rootfs.root],
    );
    const user = resolveUser(spec.user, view.readText('/etc/passwd'), view.readText('/etc/group'));
    return {
      level: machine.level,
      ...(machine.engine && { engine: machine.engine }),
      userNamespace: machine.userNamespace,
      ...(this.#holder && { holderPid: this.#holder.pid }),
      hostname: this.#hostname,
      files: networkFiles(this.#names, this.#holder && this.#machine.network.info),
      spec,
      rootfs,
      view,
      user,
      env: containerEnvironment(spec.env, { hostname: this.#hostname, user }),
      directory,
      cgroupFiles: machine.level === 'oci' ? [] : cgroup.processFiles,
      cgroupFolders: cgroup.folders,
      ociCgroup: machine.cgroups.ociPath(cgroupId),
    };
  }

  async #start(launch: Launch): Promise<{ monitor: Monitor; pid: number }> {
    const plan = await planLaunch(launch);
    const output = new OutputGate(launch.spec.onOutput);
    try {
      const onOutput = output.write.bind(output);
      const monitor = await Monitor.start({ cell: this.#machine.cell, ...plan, onOutput });
      const pid =
        launch.level === 'oci'
          ? await waitForOciStart(monitor, launch, () => output.text)
          : monitor.pid;
      output.open();
      return { monitor, pid };
    } catch (error) {
      throw startFailure(error, launch.spec.argv, launch.view);
    }
  }

  async #exec(launch: Launch, pid: number, spec: ExecSpec): Promise<Monitor> {
    const { cell, cgroups } = this.#machine;
    checkTexts(spec.argv);
    try {
      const plan = planExec(launch, pid, spec, await cgroups.filesAround(pid));
      return await Monitor.start({ cell, ...plan });
    } catch (error) {
      throw startFailure(error, spec.argv, launch.view);
    }
  }

  async dial(port: number): Promise<Duplex> {
    if (this.#removal) throw dialError(port, 'ECONNREFUSED');
    return this.#holder ? this.#holder.dial(port) : dialHost(port);
  }

  async listen(at: ListenPlace, port: number): Promise<Server> {
    return this.#keep(await this.#ownNetwork().listen(at, port));
  }

  async bind(port: number): Promise<DatagramSocket> {
    return this.#keep(await this.#ownNetwork().bind(port));
  }

  /** @throws Error with code `ENETUNREACH` on the host's network, where nothing tells one sandbox from another. */
  #ownNetwork(): Holder {
    if (this.#holder && !this.#removal) return this.#holder;
    throw Object.assign(new Error(`sandbox ${this.id} has no network of its own`), {
      code: 'ENETUNREACH',
    });
  }

  #keep<T extends Server | DatagramSocket>(port: T): T {
    port.once('close', () => this.#ports.delete(port));
    port.on('error', () => undefined); // its network is gone
    if (this.#isRemoved()) port.close();
    else this.#ports.add(port);
    return port;
  }

  async listeningPorts(): Promise<number[]> {
    return this.#holder
      ? portsInNetworkOf(this.#holder.pid)
      : portsOfProcesses([...this.#containers].map(({ pid }) => pid));
  }

  remove(): Promise<void> {
    this.#removal ??= this.#remove();
    return this.#removal;
  }

  async #remove(): Promise<void> {
    await Promise.all([...this.#containers].map((container) => container.stop(0)));
    for (const port of this.#ports) port.close();
    await this.#holder?.close();
    await this.#connection.release();
    await removeTree(this.#directory);
    this.#onRemoved();
  }
}

async function openNetworkOf(
  machine: Machine,
  spec: SandboxSpec,
): Promise<{ holder?: Holder; connection: Connection }> {
  const own = machine.ownNetwork && spec.network !== 'host';
  const cabled = own && spec.network !== 'none';
  const connection = (cabled ? machine.network : NO_CABLES).connect();
  if (!own) return { connection };
  let holder: Holder | undefined;
  try {
    holder = await Holder.start({
      cell: machine.cell,
      hostname: spec.hostname.slice(0, MAX_HOSTNAME),
      userNamespace: machine.userNamespace,
      cables: connection.cables,
    });
    await connection.attach(holder.pid);
    return { holder, connection };
  } catch (error) {
    await holder?.close();
    await connection.release();
    throw error;
  }
}

/** On the host's network; IPv6 is tried when nothing listens on IPv4. */
function dialHost(port: number): Promise<Duplex> {
  const attempt = (host: string): Promise<Duplex> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host, port, allowHalfOpen: true });
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(socket);
      });
      socket.once('error', reject);
    });
  return attempt('127.0.0.1').catch(() =>
    attempt('::1').catch(() => {
      throw dialError(port, 'ECONNREFUSED');
    }),
  );
}
