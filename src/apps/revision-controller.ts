import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import type { ContainerRuntime } from '../runtime/runtime.js';
import { diagnose } from './diagnosis.js';
import type { AppDocument, RevisionDocument, RevisionStatus } from './documents.js';
import type { SystemLog } from './logs/system-log.js';
import { PortLeases } from './replica/port-leases.js';
import { Replica } from './replica/replica.js';
import type { ReplicaDependencies, ReplicaSpec } from './replica/replica.js';
import type { VolumeDirectories } from './replica/replica-volumes.js';
import { randomBase36 } from './revision-name.js';
import type { RandomBytes } from './revision-name.js';
import { RevisionRequests } from './revision-requests.js';
import type { Serving } from './revision-requests.js';
import { PROGRESS_DEADLINE_MS, revisionStatus } from './revision-status.js';
import { ScaleLog } from './scaling/scale-log.js';
import { ScaleMeter } from './scaling/scale-meter.js';
import type { Metered } from './scaling/scale-meter.js';
import { nextScale, startScaler, untilScaleIn } from './scaling/scaler.js';
import { appKeyOf } from './state.js';
import type { AppState } from './state.js';
import { canonicalJson, templateIdentity } from './template.js';
import type { ReconcileResult } from './work-queue.js';
import { WorkQueue } from './work-queue.js';
import type { Logger } from '../base/logger.js';

export interface RevisionControllerOptions {
  state: AppState;
  runtime: ContainerRuntime;
  clock: Clock;
  logger: Logger;
  random: RandomBytes;
  logOf: (app: AppDocument) => SystemLog;
  replicaDependencies: (
    app: AppDocument,
    spec: ReplicaSpec,
  ) => Pick<ReplicaDependencies, 'environment' | 'consoleFor' | 'connect'>;
  /** Nothing of this replica runs any more. */
  replicaGone: (spec: ReplicaSpec) => void;
  volumeDirectories: VolumeDirectories;
  /** e.g. `'linux/amd64'`, for the diagnosis */
  platformOf: (app: AppDocument) => string;
  /** The app should look at this revision's new status. */
  changed: (appKey: string) => void;
}

/** What a deleted app's programs get to end by themselves. */
const DELETE_GRACE_MS = 1000;

/** What runs of one revision; lives as long as the process. Times are milliseconds since the epoch. */
interface Pods extends Serving {
  replicas: Map<string, Replica>;
  meter: ScaleMeter;
  startedAt: number;
  restarts: number;
}

/** Keeps as many replicas of each active revision as its scaler wants, and tells how they do. */
export class RevisionController {
  readonly queue: WorkQueue;
  readonly requests: RevisionRequests;
  readonly #replicaQueue: WorkQueue;
  readonly #options: RevisionControllerOptions;
  readonly #pods = new Map<string, Pods>();
  readonly #ports = new PortLeases();

  constructor(options: RevisionControllerOptions) {
    this.#options = options;
    const { clock, logger } = options;
    this.queue = new WorkQueue({
      name: 'revision',
      clock,
      logger,
      reconcile: (key) => this.#reconcile(key),
    });
    this.requests = new RevisionRequests({
      pods: this.#pods,
      state: options.state,
      clock,
      needsMore: (key) => {
        this.queue.add(key);
      },
    });
    this.#replicaQueue = new WorkQueue({
      name: 'replica',
      clock,
      logger,
      reconcile: async (key, signal) => (await this.#replica(key)?.reconcile(signal)) ?? {},
    });
  }

  /** Oldest first. */
  replicas(revisionKey: string): Replica[] {
    return [...(this.#pods.get(revisionKey)?.replicas.values() ?? [])];
  }

  /** Keys of revisions of which anything runs. */
  running(): string[] {
    return [...this.#pods.keys()];
  }

  async close(): Promise<void> {
    // killing the programs first ends the reconciles that wait for them
    const queues = [this.queue.close(), this.#replicaQueue.close()];
    await this.#destroyAll();
    await Promise.all(queues);
    await this.#destroyAll();
    this.#pods.clear();
  }

  async #destroyAll(): Promise<void> {
    const all = [...this.#pods.values()].flatMap(({ replicas }) => [...replicas.values()]);
    await Promise.all(all.map((replica) => replica.destroy()));
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }

  #replica(key: string): Replica | undefined {
    return this.#pods.get(key.slice(0, key.indexOf('/replicas/')))?.replicas.get(key);
  }

  async #reconcile(key: string): Promise<ReconcileResult> {
    const revision = this.#options.state.revision(key);
    const app = this.#options.state.app(appKeyOf(key));
    const pods = this.#pods.get(key);
    if (pods) this.#forgetGone(pods);
    this.requests.check();
    if (!revision?.active || !app) return this.#windDown(key, revision, app);
    const running = pods ?? this.#begin(key, revision, app);
    if (running.restarts !== revision.restarts) this.#beginAgain(running, revision);
    const { scale } = revision.template;
    const ready = this.replicas(key).filter((replica) => replica.ready);
    const demand = await running.meter.look(ready.map(meteredOf), this.#now());
    running.byRules = demand.replicas;
    const before = running.scaler;
    running.scaler = nextScale(scale, before, running, this.#now());
    const log = new ScaleLog(this.#options.logOf(app), revision.name);
    log.rescaled(before.replicas, running.scaler.replicas, demand);
    const desired = this.#desired(running, app);
    this.#scale(running, this.#podHash(revision, app), desired, { key, revision, app });
    await this.#report(revision, app, desired);
    return this.#nextLook(running, revision);
  }

  #nextLook(pods: Pods, revision: RevisionDocument): ReconcileResult {
    const now = this.#now();
    const waits = [
      untilScaleIn(revision.template.scale, pods.scaler, now),
      pods.meter.untilNext(now),
      pods.everReady ? undefined : pods.startedAt + PROGRESS_DEADLINE_MS - now,
    ].filter((wait): wait is number => wait !== undefined && wait > 0);
    return waits.length === 0 ? {} : { requeueAfterMs: Math.min(...waits) };
  }

  #begin(key: string, revision: RevisionDocument, app: AppDocument): Pods {
    const now = this.#now();
    const pods: Pods = {
      scale: revision.template.scale,
      replicas: new Map(),
      scaler: startScaler(revision.template.scale, now),
      meter: new ScaleMeter(revision.template.scale),
      byRules: 0,
      inFlight: 0,
      turn: 0,
      everReady: false,
      startedAt: now,
      restarts: revision.restarts,
    };
    this.#pods.set(key, pods);
    new ScaleLog(this.#options.logOf(app), revision.name).watching(pods.meter.scalers);
    return pods;
  }

  #beginAgain(pods: Pods, revision: RevisionDocument): void {
    pods.restarts = revision.restarts;
    pods.startedAt = this.#now();
  }

  #desired(pods: Pods, app: AppDocument): number {
    const sharesPort = !this.#options.runtime.info.ownNetwork && app.configuration.ingress;
    return sharesPort ? Math.min(1, pods.scaler.replicas) : pods.scaler.replicas;
  }

  #podHash(revision: RevisionDocument, app: AppDocument): string {
    const parts = [
      templateIdentity(revision.template),
      revision.name,
      app.configuration.ingress?.targetPort ?? 0,
      revision.restarts,
    ];
    return createHash('sha256').update(canonicalJson(parts)).digest('hex').slice(0, 10);
  }

  /** Replicas of an older hash stay until those of the new one are ready. */
  #scale(
    pods: Pods,
    podHash: string,
    desired: number,
    of: { key: string; revision: RevisionDocument; app: AppDocument },
  ): void {
    const live = [...pods.replicas.values()].filter(({ stopping }) => !stopping);
    const current = live.filter(({ spec }) => spec.podHash === podHash);
    const stale = live.filter(({ spec }) => spec.podHash !== podHash);
    for (let count = current.length; count < desired; count++) this.#create(pods, podHash, of);
    const surplus = current.length - desired;
    if (surplus > 0) this.#retire(leastUseful(current).slice(0, surplus));
    const ready = current.filter((replica) => replica.ready).length;
    if (ready >= desired) this.#retire(stale);
  }

  #create(
    pods: Pods,
    podHash: string,
    { key, revision, app }: { key: string; revision: RevisionDocument; app: AppDocument },
  ): void {
    const name = `${revision.name}-${podHash}-${randomBase36(5, this.#options.random)}`;
    const spec: ReplicaSpec = {
      key: `${key}/replicas/${name}`,
      name,
      appKey: app.key,
      revisionKey: key,
      revisionName: revision.name,
      podHash,
      template: revision.template,
      ingressPort: app.configuration.ingress?.targetPort,
      createdAt: this.#options.clock.now(),
    };
    const replica = new Replica(spec, {
      runtime: this.#options.runtime,
      log: this.#options.logOf(app),
      ports: this.#ports,
      volumeDirectories: this.#options.volumeDirectories,
      changed: () => {
        this.queue.add(key);
      },
      wake: () => {
        this.#replicaQueue.add(spec.key);
      },
      ...this.#options.replicaDependencies(app, spec),
    });
    pods.replicas.set(spec.key, replica);
    this.#replicaQueue.add(spec.key);
  }

  #retire(replicas: readonly Replica[], graceMs?: number): void {
    for (const replica of replicas) {
      if (replica.stopping) continue;
      replica.retire({ ...(graceMs !== undefined && { graceMs }) });
      this.#replicaQueue.interrupt(replica.spec.key);
    }
  }

  #forgetGone(pods: Pods): void {
    for (const [key, replica] of pods.replicas) {
      if (!replica.gone) continue;
      pods.replicas.delete(key);
      this.#options.replicaGone(replica.spec);
    }
  }

  async #windDown(
    key: string,
    revision: RevisionDocument | undefined,
    app: AppDocument | undefined,
  ): Promise<ReconcileResult> {
    const pods = this.#pods.get(key);
    // nobody waits for a deactivated revision, but somebody does for a deleted app
    if (pods) this.#retire([...pods.replicas.values()], app ? undefined : DELETE_GRACE_MS);
    if (pods?.replicas.size === 0) {
      this.#pods.delete(key);
      if (revision && app) new ScaleLog(this.#options.logOf(app), revision.name).stopped();
    }
    if (revision && app) await this.#report(revision, app, 0);
    else this.#options.changed(appKeyOf(key));
    return {};
  }

  async #report(revision: RevisionDocument, app: AppDocument, desired: number): Promise<void> {
    const pods = this.#pods.get(revision.key);
    const replicas = this.replicas(revision.key);
    const live = replicas.filter(({ stopping }) => !stopping);
    const readyNow = desired > 0 && live.filter(({ ready }) => ready).length > 0;
    if (pods && readyNow) pods.everReady = true;
    const states = revisionStatus({
      active: revision.active,
      desiredReplicas: desired,
      maxReplicas: revision.template.scale.maxReplicas,
      replicas,
      everReady: pods?.everReady ?? false,
      ageMs: pods ? this.#now() - pods.startedAt : 0,
    });
    const status: RevisionStatus = { ...states, replicas: replicas.length };
    const trouble = live.find((replica) => replica.trouble !== undefined)?.trouble;
    if (trouble && status.healthState !== 'Healthy') {
      status.diagnosis = diagnose(trouble.trouble, {
        app: app.name,
        resourceGroup: app.resourceGroup,
        container: trouble.container,
        platform: this.#options.platformOf(app),
      });
    }
    // what a revision failed of is still worth telling once it was replaced
    const before = revision.status.diagnosis;
    if (!revision.active && revision.readyAt === undefined && before) status.diagnosis = before;
    await this.#store(revision.key, status, readyNow && status.healthState === 'Healthy');
    this.#options.changed(app.key);
  }

  async #store(key: string, status: RevisionStatus, ready: boolean): Promise<void> {
    const { state, clock } = this.#options;
    await state.change(() => {
      const now = state.revision(key);
      if (!now) return undefined;
      const readyAt = now.readyAt ?? (ready ? clock.now().toISOString() : undefined);
      const same = readyAt === now.readyAt && canonicalJson(now.status) === canonicalJson(status);
      if (same) return undefined;
      return { revisions: [{ ...now, status, ...(readyAt !== undefined && { readyAt }) }] };
    });
  }
}

function meteredOf(replica: Replica): Metered {
  return { key: replica.spec.key, usage: () => replica.usage() };
}

/** Not ready before ready, newest before oldest. */
function leastUseful(replicas: readonly Replica[]): Replica[] {
  const newestFirst = [...replicas].reverse();
  return [
    ...newestFirst.filter(({ ready }) => !ready),
    ...newestFirst.filter(({ ready }) => ready),
  ];
}
