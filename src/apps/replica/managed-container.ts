import { messageOf } from '../../base/failure.js';
import { ContainerStartError } from '../../runtime/runtime.js';
import type {
  Container,
  ExitStatus,
  FolderMount,
  Sandbox,
  UnpackedImage,
} from '../../runtime/runtime.js';
import { afterExit, newBackoff } from '../backoff.js';
import type { Backoff } from '../backoff.js';
import type { Trouble } from '../trouble.js';
import type { ConsoleLog } from '../logs/console-log.js';
import type { EventReason } from '../logs/system-log.js';
import { parseMemory } from '../memory.js';
import type { ReplicaUsage } from '../scaling/scale-meter.js';
import type { AppContainer } from '../template.js';
import type { ContainerEnvironment } from './container-environment.js';
import { launch } from './container-launch.js';
import { mergeArgv } from './execution.js';
import { ImagePuller } from './image-puller.js';
import { portMismatchRow, portTrouble } from './port-trouble.js';
import { programMachine } from './program-machine.js';
import { planProbes } from './probe-plan.js';
import type { ProbePlan } from './probe-plan.js';
import { ProbeSet } from './probe-set.js';
import { VolumeError } from './replica-volumes.js';

/** What a container is about. Times are milliseconds since the epoch. */
export type Phase =
  | { kind: 'waiting'; reason: 'ContainerCreating' | 'PullingImage' | 'PortInUse' }
  | { kind: 'back-off'; reason: 'ImagePullBackOff' | 'CrashLoopBackOff'; until: number }
  | { kind: 'running'; container: Container; startedAt: number; probes: ProbeSet }
  | { kind: 'completed'; failed?: boolean };

export interface ManagedContainerOptions {
  container: AppContainer;
  /** Runs to its end before the others start. */
  init: boolean;
  /** Is not started again, however it ends. */
  once: boolean;
  /** Target port of the ingress, for the container that is behind it; 0 is whatever it listens on. */
  ingressPort: number | undefined;
  environment: ContainerEnvironment;
  console: ConsoleLog;
  /** The volumes it sees. @throws VolumeError */
  mounts: () => Promise<FolderMount[]>;
  /** Writes a row about this replica. */
  event: (reason: EventReason, message: string, warning?: boolean) => void;
  /** Something observable changed. */
  changed: () => void;
  /** Reconcile the replica again. */
  wake: () => void;
  /** Asked before the program starts; false when a port it needs is not free yet. */
  mayStart: () => boolean;
  /** Called once when the program ended or could not start. */
  startFailed: () => void;
}

/** What an OCI runtime's last step before the program says when the kernel cannot run it. */
const EXEC_FORMAT_ERROR = /^exec .*: exec format error$/;

/** One container of a replica through pulls, starts, probes, crashes and restarts. */
export class ManagedContainer {
  readonly #options: ManagedContainerOptions;
  readonly #plans: ProbePlan[];
  readonly #puller: ImagePuller;
  #phase: Phase = { kind: 'waiting', reason: 'ContainerCreating' };
  #crashBackoff: Backoff = newBackoff('crash');
  #image: UnpackedImage | undefined;
  #exit: ExitStatus | undefined;
  #trouble: Trouble | undefined;
  #starts = 0;

  constructor(options: ManagedContainerOptions) {
    this.#options = options;
    const { container, environment, event } = options;
    this.#puller = new ImagePuller({ image: container.image, environment, event });
    this.#plans = options.init ? [] : planProbes(container, options.ingressPort);
  }

  get name(): string {
    return this.#options.container.name;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get restartCount(): number {
    return Math.max(0, this.#starts - 1);
  }

  /** What the last failed try ended in; undefined once the container is ready. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  get started(): boolean {
    return this.#phase.kind === 'running' && this.#phase.probes.started;
  }

  get ready(): boolean {
    return this.#phase.kind === 'running' && this.#phase.probes.ready;
  }

  /** What it uses and what it asks for; undefined while it does not run, or cannot be measured. */
  async usage(): Promise<ReplicaUsage | undefined> {
    const used = this.#phase.kind === 'running' ? await this.#phase.container.usage() : undefined;
    const { cpu, memory } = this.#options.container.resources;
    return used && { ...used, cores: cpu, memoryLimit: parseMemory(memory) ?? 0 };
  }

  /**
   * Does what is due.
   *
   * @param openSandbox gives the replica's sandbox, and makes it when it is first needed
   * @returns milliseconds until something is due again; undefined when only an event can change anything
   */
  async advance(
    openSandbox: () => Promise<Sandbox>,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    if (this.#phase.kind === 'completed') return undefined;
    if (this.#phase.kind === 'back-off') {
      const wait = this.#phase.until - this.#now();
      if (wait > 0) return wait;
    }
    if (this.#phase.kind === 'running') return this.#attend(await openSandbox(), this.#phase);
    if (this.#image === undefined && !(await this.#pull(signal))) return this.#untilDue();
    return this.#start(openSandbox, signal);
  }

  /** Ends the program; the row says that it was asked for. */
  async stop(graceMs: number): Promise<void> {
    const phase = this.#phase;
    this.#enter({ kind: 'completed' });
    if (phase.kind !== 'running') return;
    await phase.container.stop(graceMs, this.#image?.config.config?.StopSignal);
    this.#terminated('', 'ManuallyStopped');
  }

  /** Ends the program and waits for its turn: an older replica makes room on a shared port. */
  async suspend(graceMs: number): Promise<void> {
    await this.stop(graceMs);
    this.#image = undefined;
    this.#exit = undefined;
    this.#setPhase({ kind: 'waiting', reason: 'PortInUse' });
  }

  #now(): number {
    return this.#options.environment.clock.now().getTime();
  }

  #untilDue(): number | undefined {
    return this.#phase.kind === 'back-off'
      ? Math.max(0, this.#phase.until - this.#now())
      : undefined;
  }

  #setPhase(phase: Phase): void {
    this.#enter(phase);
    this.#options.changed();
  }

  #enter(phase: Phase): void {
    if (this.#phase.kind === 'running') this.#phase.probes.close();
    this.#phase = phase;
  }

  async #pull(signal: AbortSignal): Promise<boolean> {
    this.#setPhase({ kind: 'waiting', reason: 'PullingImage' });
    const outcome = await this.#puller.pull(signal);
    if ('image' in outcome) {
      this.#image = outcome.image;
      return true;
    }
    this.#terminated('', 'ImagePullFailure');
    const { image } = this.#options.container;
    this.#options.event('BackOff', `Back-off pulling image '${image}'`, true);
    this.#trouble = outcome.trouble;
    this.#setPhase({ kind: 'back-off', reason: 'ImagePullBackOff', until: outcome.retryAt });
    this.#trouble = await this.#puller.explain(outcome.trouble, signal);
    this.#options.changed();
    return false;
  }

  async #start(
    openSandbox: () => Promise<Sandbox>,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { container, event } = this.#options;
    const image = this.#image;
    if (image === undefined) return 0;
    if (!this.#options.mayStart()) {
      this.#setPhase({ kind: 'waiting', reason: 'PortInUse' });
      return undefined;
    }
    this.#exit = undefined;
    const sandbox = await openSandbox();
    const argv = mergeArgv(container, image.config);
    try {
      const started = await this.#run(sandbox, image, argv, signal);
      event('ContainerCreated', `Created container '${container.name}'`);
      event('ContainerStarted', `Started container '${container.name}'`);
      this.#starts += 1;
      const startedAt = this.#now();
      const probes = new ProbeSet({
        plans: this.#plans,
        container: container.name,
        event,
        clock: this.#options.environment.clock,
        startedAt,
        wake: this.#options.wake,
      });
      if (probes.ready) this.#trouble = undefined;
      this.#setPhase({ kind: 'running', container: started, startedAt, probes });
      return 0;
    } catch (error) {
      if (signal.aborted) throw error;
      return this.#startFailed(error, image, argv[0] ?? '');
    }
  }

  async #run(
    sandbox: Sandbox,
    image: UnpackedImage,
    argv: string[],
    signal: AbortSignal,
  ): Promise<Container> {
    const { console, wake } = this.#options;
    const started = await launch({ ...this.#options, sandbox, image, argv }, signal);
    void started.exited.then((status) => {
      this.#exit = status;
      console.endLine('stdout');
      console.endLine('stderr');
      wake();
    });
    return started;
  }

  async #startFailed(
    error: unknown,
    image: UnpackedImage,
    program: string,
  ): Promise<number | undefined> {
    const { console } = this.#options;
    const reason = error instanceof ContainerStartError ? error.reason : 'OTHER';
    const message = messageOf(error);
    if (reason === 'ENOEXEC') {
      console.write('stderr', Buffer.from(`exec ${program}: exec format error\n`));
    }
    this.#starts += 1;
    await this.#couldNotStart(reason, message, image, program);
    if (error instanceof VolumeError) {
      this.#options.event('FailedMount', message, true);
      this.#terminated('', 'VolumeMountFailure');
      return this.#crashed(0);
    }
    this.#terminated(
      '1',
      'ContainerCreateFailure',
      `. Status(StatusCode="Unknown", Detail="failed to create shim task: OCI runtime create failed: ${message}")`,
    );
    return this.#crashed(0);
  }

  async #attend(
    sandbox: Sandbox,
    phase: Extract<Phase, { kind: 'running' }>,
  ): Promise<number | undefined> {
    const endedBefore = this.#exit;
    if (endedBefore) return await this.#ended(endedBefore, phase.startedAt);
    const wasReady = phase.probes.ready;
    const verdict = await phase.probes.runDue(sandbox);
    const endedMeanwhile = this.#exitStatus();
    if (endedMeanwhile) return await this.#ended(endedMeanwhile, phase.startedAt);
    if (verdict?.kind === 'restart') {
      await phase.container.stop(0);
      this.#terminated('', 'ProbeFailure');
      this.#trouble = {
        kind: 'probe',
        probe: verdict.probe,
        message: verdict.message,
        restarted: true,
      };
      return this.#crashed(this.#now() - phase.startedAt);
    }
    if (phase.probes.ready) this.#trouble = undefined;
    else await this.#checkPort(sandbox, phase.probes);
    if (phase.probes.ready !== wasReady) this.#options.changed();
    return phase.probes.untilDue();
  }

  #exitStatus(): ExitStatus | undefined {
    return this.#exit;
  }

  /** After a few looks at a shut port, tells what the program listens on instead. */
  async #checkPort(sandbox: Sandbox, probes: ProbeSet): Promise<void> {
    const { ingressPort, event, changed } = this.#options;
    if (!ingressPort) return;
    const found = await portTrouble(sandbox, ingressPort, probes);
    const known = this.#trouble?.kind === 'port';
    if (!found || (found.kind === 'port' && known)) return;
    if (found.kind === 'probe' && this.#trouble && !known) return; // it says more
    this.#trouble = found;
    if (found.kind === 'port') event('Pending:PortMismatch', portMismatchRow(found));
    changed();
  }

  async #couldNotStart(
    reason: ContainerStartError['reason'],
    message: string,
    image: UnpackedImage,
    program: string,
  ): Promise<void> {
    const machine = reason === 'ENOEXEC' ? await programMachine(image, program) : undefined;
    this.#trouble = {
      kind: 'start',
      reason,
      message,
      image: this.#options.container.image,
      ...(machine !== undefined && { machine }),
    };
  }

  async #ended(exit: ExitStatus, startedAt: number): Promise<number | undefined> {
    const { container, console, event, init, once } = this.#options;
    if ((init || once) && exit.code === 0) {
      this.#terminated('0', 'Completed');
      this.#setPhase({ kind: 'completed' });
      return undefined;
    }
    if (exit.outOfMemory) {
      event('OOMKilled', `Container '${container.name}' was killed: memory limit reached`, true);
    }
    this.#terminated(String(exit.code), 'ProcessExited');
    event(
      'ProcessExited',
      `Container '${container.name}' was terminated with exit code '${exit.code}'`,
      true,
    );
    const lastLines = console.tail(5).map(({ text }) => text);
    const refused = lastLines.at(-1);
    if (refused !== undefined && this.#image && EXEC_FORMAT_ERROR.test(refused)) {
      const program = mergeArgv(container, this.#image.config)[0] ?? '';
      await this.#couldNotStart('ENOEXEC', refused, this.#image, program);
    } else {
      const { code, outOfMemory } = exit;
      const { memory } = container.resources;
      this.#trouble = { kind: 'exit', code, outOfMemory, memory, lastLines };
    }
    return this.#crashed(this.#now() - startedAt);
  }

  #crashed(ranMs: number): number | undefined {
    if (this.#options.once) {
      this.#setPhase({ kind: 'completed', failed: true });
      return undefined;
    }
    this.#image = undefined; // the next try resolves the tag again, as a node does
    this.#exit = undefined;
    this.#crashBackoff = afterExit(this.#crashBackoff, this.#now(), ranMs);
    const until = this.#crashBackoff.dueAt;
    this.#options.startFailed();
    this.#setPhase({ kind: 'back-off', reason: 'CrashLoopBackOff', until });
    return until - this.#now();
  }

  #terminated(code: string, reason: string, more = ''): void {
    this.#options.event(
      'ContainerTerminated',
      `Container '${this.name}' was terminated with exit code '${code}' and reason '${reason}'${more}`,
      true,
    );
  }
}
