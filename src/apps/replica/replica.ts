import type { Duplex } from 'node:stream';
import { messageOf } from '../../base/failure.js';
import type { ContainerRuntime, Sandbox } from '../../runtime/runtime.js';
import type { Trouble } from '../trouble.js';
import type { ConsoleLog } from '../logs/console-log.js';
import type { EventReason, SystemLog } from '../logs/system-log.js';
import type { ReplicaUsage } from '../scaling/scale-meter.js';
import type { Template } from '../template.js';
import type { ReconcileResult } from '../work-queue.js';
import type { ContainerEnvironment } from './container-environment.js';
import { ManagedContainer } from './managed-container.js';
import type { LeaseHolder, PortLeases } from './port-leases.js';
import { ReplicaVolumes } from './replica-volumes.js';
import type { VolumeDirectories } from './replica-volumes.js';

/** What a replica is made of; it never changes: a change makes a new replica. */
export interface ReplicaSpec {
  /** The revision's key and `'/replicas/' + name`. */
  key: string;
  /** `'ca-labacr--0000001-6b6dfb69dd-mshd8'` */
  name: string;
  appKey: string;
  revisionKey: string;
  revisionName: string;
  /** Of everything that went into it: replicas with another one are replaced. */
  podHash: string;
  template: Template;
  /** Of a job: a container that ends is not started again. */
  runsOnce?: boolean;
  /** Target port when the app has an ingress; 0 is whatever the program listens on. */
  ingressPort: number | undefined;
  createdAt: Date;
}

/**
 * Opens ports in a replica's networks before its programs start. They close with the sandbox.
 *
 * @throws when a port can't be had; the replica is then tried again
 */
export type ConnectReplica = (sandbox: Sandbox, replica: ReplicaSpec) => Promise<void>;

export interface ReplicaDependencies {
  runtime: ContainerRuntime;
  environment: ContainerEnvironment;
  log: SystemLog;
  consoleFor: (container: string) => ConsoleLog;
  ports: PortLeases;
  /** Not called where replicas share this machine's network. */
  connect: ConnectReplica | undefined;
  volumeDirectories: VolumeDirectories;
  /** The revision should look again. */
  changed: () => void;
  /** This replica should be reconciled again. */
  wake: () => void;
}

const DEFAULT_GRACE_SECONDS = 30;

/** One copy of a revision's template: a sandbox with its containers. Reconciled by its key only. */
export class Replica {
  readonly spec: ReplicaSpec;
  readonly init: readonly ManagedContainer[];
  readonly containers: readonly ManagedContainer[];
  readonly #dependencies: ReplicaDependencies;
  readonly #lease: LeaseHolder;
  readonly #volumes: ReplicaVolumes;
  #sandbox: Sandbox | undefined;
  #opening: Promise<Sandbox> | undefined;
  #graceMs: number;
  #wanted = true;
  #gone = false;
  #assigned = false;
  #suspend = false;
  #blockedBy: string | undefined;
  #detectedPort: number | undefined;
  /** What the revision has last been told of. */
  #told: readonly unknown[] = [];

  constructor(spec: ReplicaSpec, dependencies: ReplicaDependencies) {
    this.spec = spec;
    this.#dependencies = dependencies;
    const graceSeconds = spec.template.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
    this.#graceMs = graceSeconds * 1000;
    this.#lease = {
      appKey: spec.appKey,
      replicaKey: spec.key,
      label: `replica ${spec.name}`,
      mayEvict: true,
      yieldTo: (by) => {
        this.#yieldTo(by);
      },
      wake: dependencies.wake,
    };
    this.#volumes = new ReplicaVolumes({
      volumes: spec.template.volumes ?? [],
      directories: dependencies.volumeDirectories,
      replica: spec.name,
      secrets: () => dependencies.environment.secrets(),
    });
    const { initContainers, containers } = spec.template;
    this.init = initContainers.map((_, index) => this.#manage(index, true));
    this.containers = containers.map((_, index) => this.#manage(index, false));
  }

  get ready(): boolean {
    return this.#wanted && this.containers.every((container) => container.ready);
  }

  /** Whether it is on its way out. */
  get stopping(): boolean {
    return !this.#wanted;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Of all its containers; undefined while one does not run, or cannot be measured. */
  async usage(): Promise<ReplicaUsage | undefined> {
    const used = await Promise.all(this.containers.map((container) => container.usage()));
    if (!used.every((one) => one !== undefined)) return undefined;
    const sum = (of: (usage: ReplicaUsage) => number): number =>
      used.reduce((total, one) => total + of(one), 0);
    return {
      cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
      memoryBytes: sum(({ memoryBytes }) => memoryBytes),
      cores: sum(({ cores }) => cores),
      memoryLimit: sum(({ memoryLimit }) => memoryLimit),
    };
  }

  /** How it ended, when it is one that runs once; undefined while it runs. */
  get outcome(): 'succeeded' | 'failed' | undefined {
    if (!this.spec.runsOnce) return undefined;
    const phases = [...this.init, ...this.containers].map(({ phase }) => phase);
    if (phases.some((phase) => phase.kind === 'completed' && phase.failed)) return 'failed';
    return phases.every(({ kind }) => kind === 'completed') ? 'succeeded' : undefined;
  }

  /** Whether a program of it, or its pull, failed and waits for the next try. */
  get backingOff(): boolean {
    return [...this.init, ...this.containers].some(({ phase }) => phase.kind === 'back-off');
  }

  /** The first container in trouble. */
  get trouble(): { container: string; trouble: Trouble } | undefined {
    for (const container of [...this.init, ...this.containers]) {
      if (container.trouble) return { container: container.name, trouble: container.trouble };
    }
    const port = this.spec.ingressPort;
    if (this.#blockedBy === undefined || port === undefined) return undefined;
    const trouble: Trouble = { kind: 'port-in-use', targetPort: port, holder: this.#blockedBy };
    return { container: this.containers[0]?.name ?? '', trouble };
  }

  /**
   * Asks it to end; the reconcile that follows does it.
   *
   * @param options.graceMs when less than the template's grace period
   */
  retire({ graceMs }: { graceMs?: number } = {}): void {
    this.#wanted = false;
    if (graceMs !== undefined) this.#graceMs = Math.min(this.#graceMs, graceMs);
  }

  /**
   * @param port 0 is the lowest port that anything listens on
   * @throws Error with code `ECONNREFUSED` when nothing listens, or there is no sandbox.
   */
  async dial(port: number): Promise<Duplex> {
    if (!this.#sandbox) throw refused('replica has no sandbox');
    return this.#sandbox.dial(port === 0 ? await this.#detectPort(this.#sandbox) : port);
  }

  async #detectPort(sandbox: Sandbox): Promise<number> {
    if (this.#detectedPort !== undefined) return this.#detectedPort;
    const [lowest] = await sandbox.listeningPorts();
    if (lowest === undefined) throw refused('nothing listens in the replica');
    this.#detectedPort = lowest;
    return lowest;
  }

  async reconcile(signal: AbortSignal): Promise<ReconcileResult> {
    if (this.#gone) return {};
    if (!this.#wanted) {
      await this.#tearDown();
      return {};
    }
    if (!this.#assigned) {
      this.#assigned = true;
      const { name } = this.spec;
      this.#event('AssigningReplica', `Replica '${name}' has been scheduled to run on a node.`);
    }
    if (this.#suspend) await this.#suspendNow();
    const wait = await this.#advance(signal);
    this.#tellOfChange();
    return wait === undefined ? {} : { requeueAfterMs: wait };
  }

  #tellOfChange(): void {
    const now = [this.#blockedBy, ...[...this.init, ...this.containers].flatMap(observed)];
    const same = now.length === this.#told.length && now.every((one, at) => one === this.#told[at]);
    this.#told = now;
    if (!same) this.#dependencies.changed();
  }

  /** Ends everything at once, without the grace period; for the end of the service. */
  async destroy(): Promise<void> {
    this.#wanted = false;
    this.#gone = true;
    this.#releasePort();
    await this.#sandbox?.remove();
    this.#sandbox = undefined;
    await this.#volumes.remove();
  }

  #manage(index: number, init: boolean): ManagedContainer {
    const { template, ingressPort } = this.spec;
    const container = (init ? template.initContainers : template.containers)[index];
    if (container === undefined) throw new Error('no such container');
    const { environment, consoleFor, changed, wake } = this.#dependencies;
    return new ManagedContainer({
      container,
      init,
      once: this.spec.runsOnce ?? false,
      ingressPort: !init && index === 0 ? ingressPort : undefined,
      environment,
      console: consoleFor(container.name),
      mounts: () => this.#volumes.mountsOf(container),
      event: (reason, message, warning) => {
        this.#event(reason, message, warning);
      },
      changed,
      wake,
      mayStart: () => init || this.#acquirePort(),
      startFailed: () => {
        this.#lease.mayEvict = false;
        this.#releasePort();
      },
    });
  }

  #event(reason: EventReason, message: string, warning = false): void {
    const { name, revisionName } = this.spec;
    this.#dependencies.log.append({
      reason,
      message,
      warning,
      revision: revisionName,
      replica: name,
    });
  }

  /** Its containers share one. It is made for the first that starts: a pull that fails needs none. */
  async #openSandbox(): Promise<Sandbox> {
    this.#opening ??= this.#newSandbox();
    try {
      this.#sandbox = await this.#opening;
      return this.#sandbox;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async #newSandbox(): Promise<Sandbox> {
    const { runtime, connect } = this.#dependencies;
    const { name } = this.spec;
    const sandbox = await runtime.createSandbox({ id: name, hostname: name });
    if (!runtime.info.ownNetwork) return sandbox;
    try {
      await connect?.(sandbox, this.spec);
      return sandbox;
    } catch (error) {
      await sandbox.remove();
      throw error;
    }
  }

  /** Init containers run one after the other, then all the others side by side. */
  async #advance(signal: AbortSignal): Promise<number | undefined> {
    const sandbox = (): Promise<Sandbox> => this.#openSandbox();
    for (const container of this.init) {
      const wait = await container.advance(sandbox, signal);
      if (container.phase.kind !== 'completed') return wait;
      if (container.phase.failed) return undefined;
    }
    const waits = await Promise.all(
      this.containers.map((container) => container.advance(sandbox, signal)),
    );
    const due = waits.filter((wait) => wait !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  async #tearDown(): Promise<void> {
    const all = [...this.init, ...this.containers];
    await Promise.all(all.map((container) => container.stop(this.#graceMs)));
    await this.#sandbox?.remove();
    this.#sandbox = undefined;
    await this.#volumes.remove();
    this.#gone = true;
    this.#releasePort();
    this.#dependencies.changed();
  }

  #acquirePort(): boolean {
    const port = this.spec.ingressPort;
    if (!port || this.#dependencies.runtime.info.ownNetwork) return true;
    const refusal = this.#dependencies.ports.acquire(port, this.#lease);
    const before = this.#blockedBy;
    // one that is about to go is no trouble: the port comes in a moment
    this.#blockedBy = refusal?.yielding === false ? refusal.holder.label : undefined;
    if (this.#blockedBy !== undefined && this.#blockedBy !== before) {
      this.#event(
        'Pending:PortInUse',
        `Port ${port} is held by ${this.#blockedBy}; replicas share this machine's network here.`,
      );
    }
    return refusal === undefined;
  }

  #releasePort(): void {
    const port = this.spec.ingressPort;
    if (!port || this.#dependencies.runtime.info.ownNetwork) return;
    this.#dependencies.ports.release(port, this.spec.key);
  }

  #yieldTo(by: LeaseHolder): void {
    if (this.#suspend) return;
    this.#suspend = true;
    this.#event(
      'Pending:PortInUse',
      `Stopping to let ${by.label} listen on port ${this.spec.ingressPort ?? 0}: replicas share this machine's network here.`,
    );
    this.#dependencies.wake();
  }

  async #suspendNow(): Promise<void> {
    try {
      await Promise.all(this.containers.map((container) => container.suspend(2000)));
    } catch (error) {
      throw new Error(`replica could not be suspended: ${messageOf(error)}`, { cause: error });
    } finally {
      this.#suspend = false;
    }
    this.#lease.mayEvict = false;
    this.#releasePort();
  }
}

/** Everything that others see of a container. */
function observed({ phase, started, ready, trouble, restartCount }: ManagedContainer): unknown[] {
  return [phase, started, ready, trouble, restartCount];
}

function refused(message: string): Error {
  return Object.assign(new Error(message), { code: 'ECONNREFUSED' });
}
