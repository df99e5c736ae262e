import type { BigIntStats } from 'node:fs';
import type { Server } from 'node:net';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { ImageConfig } from '../oci/image-config.js';

/** How containers are kept apart, strongest first. */
export const ISOLATION_LEVELS = ['oci', 'namespaces', 'chroot', 'process'] as const;
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number];

/**
 * Unpacked images that nothing has asked for in this time may go: tomorrow's first start finds today's. In
 * milliseconds.
 */
export const UNUSED_MS = 48 * 60 * 60 * 1000;

/** What `lazurite up --runtime` takes. */
export const RUNTIME_CHOICES = ['auto', 'docker', 'embedded'] as const;
export type RuntimeChoice = (typeof RUNTIME_CHOICES)[number];

/** What runs containers here, for `lazurite status` and `lazurite doctor`. */
export interface RuntimeInfo {
  driver: 'embedded' | 'docker';
  /** e.g. `'oci'` */
  isolation: IsolationLevel;
  /**
   * Why this level and none stronger, e.g. `'crun: fails on hybrid cgroups; runc 1.1.5 works'`; of driver
   * `docker`, where its engine is.
   */
  reason: string;
  /** The OCI runtime or the engine in use, e.g. `'runc 1.1.5'`, `'Docker 20.10.24'`; only at level `oci`. */
  engine?: string;
  /** Whether each replica has a network of its own, so that two can listen on one port. */
  ownNetwork: boolean;
  network: NetworkInfo;
  /** Which limits are enforced, and why one is not. */
  limits: { cpu: boolean; memory: boolean; reason?: string };
}

/** Where a sandbox's programs find Lazurite; `metadata` is 169.254.169.254. */
export type ListenPlace = 'inside' | 'gateway' | 'metadata';

/** What the containers of a sandbox can reach. */
export interface NetworkInfo {
  /** Where `Sandbox.listen('gateway', …)` is heard, e.g. `'100.100.0.1'`; only in a network of its own. */
  gateway?: string;
  /** How they reach the world: `host` is the host's own network. */
  egress: 'host' | 'nat' | 'pasta' | 'slirp4netns' | 'none';
  /** With what, or why there is no way out, e.g. `'nft: 10.213.0.0/20 on bridge lzr1f0c2a'`. */
  reason: string;
}

/** An image resolved to one platform, whose layers can be fetched. */
export interface ImageSource {
  manifestDigest: Digest;
  config: ImageConfig;
  /** Base layer first; as many as `config.rootfs.diff_ids`. */
  layers: Descriptor[];
  /** The compressed bytes, verified against the descriptor while they stream. */
  openLayer(layer: Descriptor, signal?: AbortSignal): Promise<Readable>;
}

/** Layers on this machine, ready to be a root file system. */
export interface UnpackedImage {
  manifestDigest: Digest;
  config: ImageConfig;
  /** Layer directories, base layer first; none when an engine keeps the layers. */
  layerPaths: string[];
  /**
   * Where an engine keeps the layers: programs for another machine than the image says, e.g.
   * `'linux/arm64'` by absolute path.
   */
  foreignPrograms?: ReadonlyMap<string, string>;
  /** Compressed bytes of all layers. */
  size: number;
}

export interface SandboxSpec {
  /** Unique on this machine and safe as a file name, e.g. `'ca-labacr--0000001-6b6dfb69dd-mshd8'`. */
  id: string;
  hostname: string;
  /**
   * `'own'` (the default) where the runtime can; `'host'` for build steps, which fetch from the network;
   * `'none'` is one of its own without a way out.
   */
  network?: 'own' | 'host' | 'none';
  /** Further names of its loopback address, e.g. of the other containers inside. */
  hosts?: readonly string[];
}

/** A folder or a file of this machine that a container sees. */
export interface FolderMount {
  /** Absolute, e.g. `'/home/me/.lazurite/tasks/work/acb_vol_…'`. */
  source: string;
  /** Absolute path inside, made when it is not there; without `=`. */
  target: string;
  readOnly?: boolean;
}

export interface ContainerSpec {
  /** Unique in its sandbox, e.g. `'app'`. */
  name: string;
  /**
   * `directory` is used as it is and written to. What is written to a root over an image goes with the
   * container, unless a folder of `ContainerRuntime.stacking` takes it, which nothing was written to before.
   */
  rootfs: { image: UnpackedImage; written?: WrittenFolder } | { directory: string };
  /** Program and arguments, entry point and command already merged. */
  argv: string[];
  /** `NAME=value`. */
  env: string[];
  workingDir: string;
  /** `'1000'`, `'1000:1000'`, `'nobody'`, or `''` for root. */
  user: string;
  /** Only isolation levels `oci` and `namespaces` can: others refuse to start the container. */
  mounts?: readonly FolderMount[];
  /** `cpu` in cores (0.25), memory in bytes. */
  limits?: { cpu?: number; memoryBytes?: number };
  /** Called with what the process writes. */
  onOutput?: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
}

export interface ExitStatus {
  /** 128 + signal when a signal ended it, as the shell says it (137 for SIGKILL). */
  code: number;
  signal?: string;
  /** Whether the memory limit was what killed it, as far as can be told. */
  outOfMemory: boolean;
}

/** What a container's processes have used. */
export interface ContainerUsage {
  /** Of all cores, since it started. */
  cpuSeconds: number;
  /** Now, without file pages that the kernel could drop. */
  memoryBytes: number;
}

/** One more process for a container that runs, at a terminal of its own. */
export interface ExecSpec {
  /** Program and arguments, e.g. `['sh', '-c', 'ls']`; looked up in the container's PATH. */
  argv: string[];
  terminal: TerminalSize;
}

export interface TerminalSize {
  columns: number;
  rows: number;
}

/** A process that was started by `exec`. */
export interface Execution {
  /** What is typed. */
  readonly input: Writable;
  /** What the terminal shows; has to be read. Ends with the process. */
  readonly output: Readable;
  /** Resolves once the process has ended and its output was read. */
  readonly exited: Promise<Omit<ExitStatus, 'outOfMemory'>>;
  resize(size: TerminalSize): void;
  /** Ends it at once. */
  kill(): void;
}

export interface Container {
  readonly name: string;
  /** As seen from the machine that runs it; 0 when it has ended already. */
  readonly pid: number;
  readonly startedAt: Date;
  /** Resolves once the process has ended, whatever ended it. */
  readonly exited: Promise<ExitStatus>;
  /** SIGTERM (or the image's stop signal), then SIGKILL after `graceMs`. Resolves when it has ended. */
  stop(graceMs: number, stopSignal?: string): Promise<ExitStatus>;
  /**
   * Runs a further process with the container's user, variables, working directory and limits. It ends with
   * the container.
   *
   * @throws ContainerStartError when there is no such program, or the container has ended.
   */
  exec(spec: ExecSpec): Promise<Execution>;
  /** @returns undefined where nothing counts it */
  usage(): Promise<ContainerUsage | undefined>;
}

/** The program could not be started at all: no such file, not executable, wrong machine. */
export class ContainerStartError extends Error {
  /** `'ENOEXEC'` is a binary for another machine. */
  readonly reason: 'ENOENT' | 'EACCES' | 'ENOEXEC' | 'EUSER' | 'OTHER';

  constructor(reason: ContainerStartError['reason'], message: string) {
    super(message);
    this.name = 'ContainerStartError';
    this.reason = reason;
  }
}

/** A port for datagrams; a `Socket` of `node:dgram` is one. */
export interface Datagrams {
  on(
    event: 'message',
    listener: (message: Buffer, from: { address: string; port: number }) => void,
  ): unknown;
  once(event: 'close', listener: () => void): unknown;
  /** @param sent called when it is on its way, or could not be sent */
  send(message: Buffer, port: number, address: string, sent: () => void): void;
  address(): { address: string; port: number };
  close(): unknown;
}

/** Milliseconds. */
export interface WatchTimes {
  /** Between the end of one try and the next; before the first, too. */
  everyMs: number;
  timeoutMs: number;
}

/** What the containers of one replica share: a network, a host name. */
export interface Sandbox {
  readonly id: string;
  /** @throws ContainerStartError when the program cannot be started. */
  run(spec: ContainerSpec, signal?: AbortSignal): Promise<Container>;
  /**
   * Opens a TCP connection to a port inside, on its loopback.
   *
   * @throws Error with code `ECONNREFUSED` when nothing listens there.
   */
  dial(port: number): Promise<Duplex>;
  /**
   * Connects to a port inside every so often and hangs up at once, until that fails. It is there where that costs
   * far less than `dial` each time.
   *
   * @param onFailed called once, when nothing listens any more or a connection takes too long
   * @returns what ends it
   */
  readonly watch?:
    ((port: number, times: WatchTimes, onFailed: () => void) => () => void) | undefined;
  /**
   * Listens for what runs inside: on its own loopback, where a port can be taken already, or where every port is
   * free: at the gateway's address (`NetworkInfo.gateway`), or at that of a cloud's metadata service. Closed with
   * the sandbox at the latest.
   *
   * @throws Error with a code: `EADDRINUSE`, or `ENETUNREACH` where there is no such network.
   */
  listen(at: ListenPlace, port: number): Promise<Server>;
  /** Takes datagrams at the gateway's address; otherwise like `listen`. */
  bind(port: number): Promise<Datagrams>;
  /** TCP ports that processes inside listen on, ascending. */
  listeningPorts(): Promise<number[]>;
  /** Ends every process inside and removes every trace. Safe to call twice. */
  remove(): Promise<void>;
}

/** What a container did to one path of its root. */
export interface WrittenPath {
  stats: BigIntStats;
  /** Whether it hides the path of the layers below, and is nothing itself. */
  removed: boolean;
  /** Of a directory: whether it hides what the layers below have in it. */
  opaque: boolean;
  /** Its `security.capability`, in hex. */
  capability?: string;
}

/** Takes what a container writes: a layer in the making. */
export interface WrittenFolder {
  /** Holds the files, e.g. `etc/hosts` of the container's `/etc/hosts`. */
  readonly directory: string;
  /**
   * What is there, by absolute path inside, e.g. `'/etc/hosts'`; after the container has ended. What something was
   * mounted on is there as well, where the layers have no such path.
   */
  list(): Promise<ReadonlyMap<string, WrittenPath>>;
  /** Removes some of what was listed, and what is below. */
  leaveOut(paths: Iterable<string>): Promise<void>;
  /**
   * Makes what is there the unpacked layer of a diff id, so that nothing unpacks it again.
   *
   * @returns where `directory` is now; undefined where it was, because there is such a layer already
   */
  keepAs(diffId: Digest): Promise<string | undefined>;
  /** Removes what was not kept. */
  remove(): Promise<void>;
}

/** Runs containers. One instance owns a state folder. */
export interface ContainerRuntime {
  readonly info: RuntimeInfo;
  /** Makes folders for `ContainerSpec.rootfs`, where roots are stacked from layers and not copied. */
  readonly stacking?: { create(): Promise<WrittenFolder> };
  /** Layers are unpacked once and shared; their uncompressed bytes must match the diff ids. */
  unpack(image: ImageSource, signal?: AbortSignal): Promise<UnpackedImage>;
  createSandbox(spec: SandboxSpec): Promise<Sandbox>;
  /**
   * Removes what was unpacked before this time, not asked for since, and is in no sandbox.
   *
   * @returns how many layers or images
   */
  prune(before: Date): Promise<number>;
  /** Removes every sandbox. */
  close(): Promise<void>;
}
