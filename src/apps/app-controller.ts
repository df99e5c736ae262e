import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { AppDocument, RevisionDocument } from './documents.js';
import type { SystemLog } from './logs/system-log.js';
import type { AppState } from './state.js';
import { WorkQueue } from './work-queue.js';
import type { ReconcileResult } from './work-queue.js';

export interface AppControllerOptions {
  state: AppState;
  clock: Clock;
  logger: Logger;
  logOf: (app: AppDocument) => SystemLog;
  /** This revision's desired state changed. */
  changed: (revisionKey: string) => void;
}

/** Moves an app to its latest revision once that is ready, and announces it. */
export class AppController {
  readonly queue: WorkQueue;
  readonly #options: AppControllerOptions;

  constructor(options: AppControllerOptions) {
    this.#options = options;
    this.queue = new WorkQueue({
      name: 'app',
      clock: options.clock,
      logger: options.logger,
      reconcile: (key) => this.#reconcile(key),
    });
  }

  async #reconcile(key: string): Promise<ReconcileResult> {
    const { state, clock } = this.#options;
    const events: (() => void)[] = [];
    await state.change(() => {
      const app = state.app(key);
      if (!app) return undefined;
      events.length = 0;
      const revisions = state.revisions(key);
      const ready = newestReady(revisions);
      const turnedReady = ready !== undefined && app.latestReadyRevisionName !== ready.name;
      const now = clock.now().toISOString();
      const outdated = outdatedRevisions(app, revisions).map((revision) => ({
        ...revision,
        active: false,
        lastActiveAt: now,
      }));
      const pruned = prunable(app, revisions);
      if (!turnedReady && outdated.length === 0 && pruned.length === 0) return undefined;
      events.push(() => {
        this.#announce(app, turnedReady ? ready : undefined, outdated);
        for (const { key: revisionKey } of outdated) this.#options.changed(revisionKey);
      });
      return {
        apps: turnedReady ? [{ ...app, latestReadyRevisionName: ready.name }] : [],
        revisions: outdated,
        deleted: pruned.map((revision) => revision.key),
      };
    });
    for (const event of events) event();
    return {};
  }

  #announce(
    app: AppDocument,
    ready: RevisionDocument | undefined,
    outdated: readonly RevisionDocument[],
  ): void {
    const log = this.#options.logOf(app);
    if (ready) {
      log.append({
        reason: 'RevisionReady',
        message: `Successfully provisioned revision '${ready.name}'`,
        revision: ready.name,
      });
      if (ready.name === app.latestRevisionName && app.configuration.ingress) {
        log.append({
          reason: 'RevisionUpdate',
          message: `Setting traffic weight of '${weightOf(app, ready.name)}%' for revision '${ready.name}'`,
          revision: ready.name,
        });
      }
    }
    if (outdated.length > 0) {
      log.append({
        reason: 'RevisionDeactivating',
        message: `Deactivating old revisions for ContainerApp '${app.name}'`,
      });
    }
    if (!ready) return;
    if (outdated.length > 0) {
      log.append({
        reason: 'RollingRevisionCompleted',
        message: `Rolling Transition: Successfully completed rolling over existing to latest revision for containerApp: ${app.name}`,
      });
    }
    log.append({
      reason: 'ContainerAppReady',
      message: `Successfully updated containerApp: ${app.name}`,
    });
  }
}

/** The newest revision that has been ready and still is active. */
export function newestReady(revisions: readonly RevisionDocument[]): RevisionDocument | undefined {
  return revisions.findLast(({ active, readyAt }) => active && readyAt !== undefined);
}

/**
 * Single mode keeps the latest revision and the one that serves until the latest is ready; everything
 * else that is active is outdated. Multiple mode leaves that to the user.
 */
export function outdatedRevisions(
  app: AppDocument,
  revisions: readonly RevisionDocument[],
): RevisionDocument[] {
  if (app.configuration.activeRevisionsMode === 'Multiple') return [];
  const serving = newestReady(revisions);
  return revisions.filter(
    ({ active, name }) => active && name !== app.latestRevisionName && name !== serving?.name,
  );
}

function prunable(app: AppDocument, revisions: readonly RevisionDocument[]): RevisionDocument[] {
  const inactive = revisions.filter(
    ({ active, name, status }) =>
      !active && name !== app.latestRevisionName && status.runningState === 'Stopped',
  );
  return inactive.slice(0, Math.max(0, inactive.length - app.configuration.maxInactiveRevisions));
}

/** Percent of the traffic that the configuration gives a revision. */
export function weightOf(app: AppDocument, revisionName: string): number {
  const traffic = app.configuration.ingress?.traffic ?? [];
  const single = app.configuration.activeRevisionsMode === 'Single';
  const isLatest = revisionName === app.latestRevisionName;
  if (single || traffic.length === 0) return isLatest ? 100 : 0;
  return traffic
    .filter((entry) => (entry.latestRevision ? isLatest : entry.revisionName === revisionName))
    .reduce((sum, { weight }) => sum + weight, 0);
}
