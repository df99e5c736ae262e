import { randomBytes } from 'node:crypto';
import { AppController } from './app-controller.js';
import { AppWrites } from './app-writes.js';
import type { AppInput } from './app-writes.js';
import type { AppDocument, EnvironmentDocument, RevisionDocument, Workload } from './documents.js';
import { ImageAccess } from './image-access.js';
import { admitImages, ImageRefusedError } from './image-admission.js';
import { Ingress } from './ingress/ingress.js';
import { LogStore } from './logs/log-store.js';
import { createExecPlane } from './exec/exec-plane.js';
import { JobService } from './jobs/job-service.js';
import { createLogPlane } from './logs/log-plane.js';
import type { HttpPlane } from '../http/plane.js';
import { Outcomes } from './outcomes.js';
import { formatPlatform } from '../oci/platform.js';
import type { Platform } from '../oci/platform.js';
import type { SystemLog } from './logs/system-log.js';
import { appVariables, replicaEnvironment } from './replica-environment.js';
import type { Replica } from './replica/replica.js';
import type { ReplicaSpec } from './replica/replica.js';
import { RevisionActions } from './revision-actions.js';
import { RevisionController } from './revision-controller.js';
import type { AppServiceOptions } from './service-options.js';
import { AppState, revisionKeyOf } from './state.js';
import { fqdnOf } from './ingress/routing.js';
import { profilePlatform } from './workload-profile.js';
import type { VolumeDirectories } from './replica/replica-volumes.js';
import {
  openVolumeDirectories,
  removeVolumeDirectories,
  volumeDirectories,
} from './volume-directories.js';

export interface PutResult {
  created: boolean;
  app: AppDocument;
  /**
   * Resolves when the new revision is ready or has failed once, or after a while; rejects with
   * ImageRefusedError when the API refuses an image after it took the request.
   */
  outcome: Promise<void>;
}

/** Container Apps' behaviour: desired state in, running replicas, logs and an ingress out. */
export class AppService {
  readonly ingress: Ingress;
  readonly logPlane: HttpPlane;
  readonly execPlane: HttpPlane;
  readonly jobs: JobService;
  readonly revisionActions: RevisionActions;
  readonly #options: AppServiceOptions;
  readonly #state: AppState;
  readonly #logs: LogStore;
  readonly #access: ImageAccess;
  readonly #writes: AppWrites;
  readonly #apps: AppController;
  readonly #revisions: RevisionController;
  readonly #outcomes: Outcomes;
  readonly #volumes: VolumeDirectories;

  constructor(options: AppServiceOptions) {
    this.#options = options;
    const { clock, logger, runtime } = options;
    this.#state = new AppState(options.metadata);
    this.#writes = new AppWrites({ state: this.#state, clock, random: this.#random });
    this.#logs = new LogStore(options.dataDirectory, clock);
    this.#volumes = volumeDirectories(options.dataDirectory);
    this.#access = new ImageAccess({
      registryClient: options.registryClient,
      runtime,
      platformOf: (workload) =>
        profilePlatform(this.#state.environment(workload.environmentKey), workload) ??
        this.#platform,
      identityCredentials: options.identityCredentials,
      localRegistry: options.localRegistry,
      registryFacts: options.registryFacts,
    });
    const logOf = (app: AppDocument): SystemLog => this.#logs.system(app);
    this.#apps = new AppController({
      state: this.#state,
      clock,
      logger,
      logOf,
      changed: (key) => {
        this.#revisions.queue.add(key);
      },
    });
    this.#revisions = new RevisionController({
      state: this.#state,
      runtime,
      clock,
      logger,
      random: this.#random,
      logOf,
      platformOf: (app) => this.#access.platformOf(app),
      volumeDirectories: this.#volumes,
      replicaDependencies: (app, spec) => ({
        environment: replicaEnvironment({
          workload: () => this.#state.app(spec.appKey),
          platformVariables: (now) =>
            appVariables(now, spec, this.#state.environment(now.environmentKey)),
          access: this.#access,
          clock,
          identityVariables: options.identityVariables,
        }),
        consoleFor: (container) => this.#logs.console(app, spec, container),
        connect: options.connectReplica,
      }),
      replicaGone: (spec) => {
        const app = this.#state.app(spec.appKey);
        if (app) this.#logs.release(app, spec);
      },
      changed: (appKey) => {
        this.#apps.queue.add(appKey);
        this.#outcomes.check();
      },
    });
    this.#outcomes = new Outcomes({
      state: this.#state,
      clock,
      replicas: (key) => this.replicas(key),
    });
    this.#state.onChange(() => {
      this.#outcomes.check();
    });
    this.revisionActions = new RevisionActions({
      state: this.#state,
      clock,
      changed: (key) => {
        this.#revisions.queue.add(key);
      },
    });
    this.ingress = new Ingress({
      state: this.#state,
      revisions: this.#revisions,
      clock,
      logger,
      sharedNetwork: !runtime.info.ownNetwork,
    });
    this.jobs = new JobService({
      ...options,
      access: this.#access,
      admission: options.imageAdmission ?? 'documented',
      logs: this.#logs,
      random: this.#random,
      volumeDirectories: this.#volumes,
      environment: (key) => this.#state.environment(key),
    });
    this.logPlane = createLogPlane({ service: this, tokens: options.tokens, clock });
    this.execPlane = createExecPlane({ service: this, tokens: options.tokens });
  }

  /** Reads the desired state and brings every active revision up again. */
  async start(): Promise<void> {
    await this.#state.load();
    await openVolumeDirectories(this.#volumes);
    await this.jobs.open();
    for (const app of this.#state.apps()) this.#wake(app.key);
  }

  /** Ends every replica; desired state stays. */
  async close(): Promise<void> {
    this.ingress.close();
    await this.#apps.queue.close();
    await this.#revisions.close();
    await this.jobs.close();
    await removeVolumeDirectories(this.#volumes);
    await this.#logs.flush();
  }

  /** Where no workload profile says another. */
  get #platform(): Platform {
    return this.#options.requiredPlatform ?? { os: 'linux', architecture: 'amd64' };
  }

  get #random(): (size: number) => Uint8Array {
    return this.#options.random ?? randomBytes;
  }

  /** Calls back whenever an app, or an environment (then without a key), has changed. */
  onChange(listener: (appKey: string | undefined) => void): void {
    this.#state.onChange(listener);
  }

  /** e.g. `'linux/amd64'` */
  get requiredPlatform(): string {
    return formatPlatform(this.#platform);
  }

  environment(key: string): EnvironmentDocument | undefined {
    return this.#state.environment(key);
  }

  environments(): EnvironmentDocument[] {
    return this.#state.environments();
  }

  async putEnvironment(environment: EnvironmentDocument): Promise<void> {
    await this.#state.change(() => ({ environments: [environment] }));
  }

  /** Apps that still live in it keep it alive: delete them first. */
  async deleteEnvironment(key: string): Promise<void> {
    await this.#state.change(() => ({ deleted: [key] }));
  }

  app(key: string): AppDocument | undefined {
    return this.#state.app(key);
  }

  apps(): AppDocument[] {
    return this.#state.apps();
  }

  /** An app or a job. */
  workload(key: string): Workload | undefined {
    return this.app(key) ?? this.jobs.job(key);
  }

  /** Every app and job of an environment. */
  workloadsIn(environmentKey: string): Workload[] {
    const all: Workload[] = [...this.apps(), ...this.jobs.jobs()];
    return all.filter((workload) => workload.environmentKey === environmentKey);
  }

  /** Host name of an app's ingress; undefined without one. */
  fqdn(app: AppDocument, revisionName?: string): string | undefined {
    const environment = this.#state.environment(app.environmentKey);
    return environment && fqdnOf(app, environment, revisionName);
  }

  /** Oldest first, inactive ones too. */
  revisions(appKey: string): RevisionDocument[] {
    return this.#state.revisions(appKey);
  }

  revision(appKey: string, name: string): RevisionDocument | undefined {
    return this.#state.revision(revisionKeyOf(appKey, name));
  }

  replicas(revisionKey: string): Replica[] {
    return this.#revisions.replicas(revisionKey);
  }

  systemLog(workload: Workload): SystemLog {
    return this.#logs.system(workload);
  }

  consoleLog(
    workload: Workload,
    spec: Pick<ReplicaSpec, 'revisionName' | 'name'>,
    container: string,
  ) {
    return this.#logs.console(workload, spec, container);
  }

  /** Whether such a container runs, or once did: its log can be read. */
  hasContainer(
    appKey: string,
    replica: { revisionName: string; name: string },
    container: string,
  ): boolean {
    if (this.jobs.job(appKey)) return this.jobs.hasContainer(appKey, replica, container);
    const revision = this.revision(appKey, replica.revisionName);
    const { initContainers = [], containers = [] } = revision?.template ?? {};
    const known = [...initContainers, ...containers].some(({ name }) => name === container);
    const replicas = revision ? this.replicas(revision.key) : [];
    return known && replicas.some(({ spec }) => spec.name === replica.name);
  }

  /**
   * Creates an app or changes it; a changed template makes a new revision. Durable once it resolves.
   *
   * @throws ImageRefusedError, RevisionExistsError
   */
  async putApp(input: AppInput, signal?: AbortSignal): Promise<PutResult> {
    const refusal = await this.#admit(input, signal);
    let created = false;
    let revision: RevisionDocument | undefined;
    await this.#state.change(() => {
      const existing = this.#state.app(input.key);
      created = existing === undefined;
      const app = this.#writes.merge(input, existing);
      if (refusal) return { apps: [{ ...app, provisioningState: 'Failed' }] };
      revision = this.#writes.newRevision(app);
      if (!revision) return { apps: [app] };
      const next = {
        ...app,
        nextRevision: app.nextRevision + 1,
        latestRevisionName: revision.name,
      };
      return { apps: [next], revisions: [revision] };
    });
    const app = this.#state.app(input.key);
    if (!app) throw new Error('the app was deleted while it was written');
    if (refusal) return { created, app, outcome: Promise.reject(refusal) };
    this.#announceWrite(app, revision);
    this.#wake(app.key);
    const outcome = revision ? this.#outcomes.of(revision.key) : Promise.resolve();
    return { created, app, outcome };
  }

  /** Resolves when nothing of it is left. */
  async deleteApp(key: string): Promise<void> {
    const app = this.#state.app(key);
    if (!app) return;
    const revisions = this.#state.revisions(key).map((revision) => revision.key);
    await this.#state.change(() => ({ deleted: [...revisions, key] }));
    for (const revision of revisions) this.#revisions.queue.add(revision);
    await this.#outcomes.until(() => revisions.every((one) => this.replicas(one).length === 0));
    await this.#logs.remove(app);
  }

  #wake(appKey: string): void {
    for (const { key } of this.#state.revisions(appKey)) this.#revisions.queue.add(key);
    this.#apps.queue.add(appKey);
  }

  /** @returns the refusal that is told later, as the operation's failure */
  async #admit(input: AppInput, signal?: AbortSignal): Promise<ImageRefusedError | undefined> {
    const app = this.#writes.merge(input, this.#state.app(input.key));
    if (!this.#writes.needsRevision(app)) return undefined;
    try {
      await admitImages({
        admission: this.#options.imageAdmission ?? 'documented',
        access: this.#access,
        app,
        signal,
      });
      return undefined;
    } catch (error) {
      if (error instanceof ImageRefusedError && !error.synchronous) return error;
      throw error;
    }
  }

  #announceWrite(app: AppDocument, revision: RevisionDocument | undefined): void {
    const log = this.#logs.system(app);
    if (revision) {
      const message = `Creating a new revision: ${revision.name}`;
      log.append({ reason: 'RevisionCreation', message, revision: revision.name });
      return;
    }
    const latest = app.latestRevisionName ?? '';
    log.append({
      reason: 'RevisionUpdate',
      message: `Revision '${latest}' updated. No new revision was provisioned.`,
      revision: latest,
    });
    log.append({
      reason: 'ContainerAppReady',
      message: 'No revision restart or provisioning was needed.',
    });
  }
}

/** Call `start()` on what it returns, and `close()` in the end. */
export function createAppService(options: AppServiceOptions): AppService {
  return new AppService(options);
}
