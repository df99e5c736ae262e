import type { MetadataStore, WriteOperation } from '../storage/metadata-store.js';
import type { AppDocument, EnvironmentDocument, RevisionDocument } from './documents.js';

const COLLECTION = {
  environment: 'apps-environments',
  app: 'apps-apps',
  revision: 'apps-revisions',
} as const;

/** Documents to write together. */
export interface Change {
  environments?: EnvironmentDocument[];
  apps?: AppDocument[];
  revisions?: RevisionDocument[];
  deleted?: string[];
}

/**
 * Desired state and status, read from memory and written to the store first. Changes are applied one
 * after the other, each computed from the state the one before left.
 */
export class AppState {
  readonly #store: MetadataStore;
  readonly #environments = new Map<string, EnvironmentDocument>();
  readonly #apps = new Map<string, AppDocument>();
  readonly #revisions = new Map<string, Map<string, RevisionDocument>>();
  readonly #listeners = new Set<(appKey: string | undefined) => void>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  async load(): Promise<void> {
    const [environments, apps, revisions] = await Promise.all([
      this.#store.list<EnvironmentDocument>(COLLECTION.environment),
      this.#store.list<AppDocument>(COLLECTION.app),
      this.#store.list<RevisionDocument>(COLLECTION.revision),
    ]);
    this.#apply({
      environments: environments.map(({ value }) => value),
      apps: apps.map(({ value }) => value),
      revisions: revisions.map(({ value }) => value),
    });
  }

  environment(key: string): EnvironmentDocument | undefined {
    return this.#environments.get(key);
  }

  environments(): EnvironmentDocument[] {
    return [...this.#environments.values()];
  }

  app(key: string): AppDocument | undefined {
    return this.#apps.get(key);
  }

  apps(): AppDocument[] {
    return [...this.#apps.values()];
  }

  revision(key: string): RevisionDocument | undefined {
    return this.#revisions.get(appKeyOf(key))?.get(key);
  }

  /** Oldest first. */
  revisions(appKey: string): RevisionDocument[] {
    const ofApp = [...(this.#revisions.get(appKey)?.values() ?? [])];
    return ofApp.sort((a, b) => a.ordinal - b.ordinal);
  }

  /**
   * @param compute sees the newest state; undefined changes nothing
   * @returns once the change is durable
   */
  async change(compute: () => Change | undefined): Promise<void> {
    const run = this.#tail.then(async () => {
      const change = compute();
      if (change === undefined) return;
      await this.#store.write(operationsOf(change));
      this.#apply(change);
      for (const listener of this.#listeners) listener(changedApp(change));
    });
    this.#tail = run.catch(() => undefined);
    await run;
  }

  /** Called after every change with the key of the app, when it was about one. */
  onChange(listener: (appKey: string | undefined) => void): void {
    this.#listeners.add(listener);
  }

  #apply({ environments = [], apps = [], revisions = [], deleted = [] }: Change): void {
    for (const environment of environments) this.#environments.set(environment.key, environment);
    for (const app of apps) this.#apps.set(app.key, app);
    for (const revision of revisions) {
      const ofApp = this.#revisions.get(revision.appKey) ?? new Map<string, RevisionDocument>();
      this.#revisions.set(revision.appKey, ofApp.set(revision.key, revision));
    }
    for (const key of deleted) {
      this.#environments.delete(key);
      this.#apps.delete(key);
      this.#revisions.get(appKeyOf(key))?.delete(key);
      if (!isRevisionKey(key)) this.#revisions.delete(key);
    }
  }
}

export function revisionKeyOf(appKey: string, name: string): string {
  return `${appKey}/revisions/${name.toLowerCase()}`;
}

/** The app's key from a revision's or a replica's. */
export function appKeyOf(key: string): string {
  const at = key.indexOf('/revisions/');
  return at < 0 ? key : key.slice(0, at);
}

function isRevisionKey(key: string): boolean {
  return key.includes('/revisions/');
}

function changedApp(change: Change): string | undefined {
  const key = change.apps?.[0]?.key ?? change.revisions?.[0]?.key ?? change.deleted?.[0];
  return key === undefined ? undefined : appKeyOf(key);
}

function operationsOf(change: Change): WriteOperation[] {
  const put =
    (collection: string) =>
    (value: { key: string }): WriteOperation => ({
      kind: 'put',
      collection,
      key: value.key,
      value,
    });
  return [
    ...(change.environments ?? []).map(put(COLLECTION.environment)),
    ...(change.apps ?? []).map(put(COLLECTION.app)),
    ...(change.revisions ?? []).map(put(COLLECTION.revision)),
    ...(change.deleted ?? []).flatMap((key) =>
      Object.values(COLLECTION).map((collection): WriteOperation => ({
        kind: 'delete',
        collection,
        key,
      })),
    ),
  ];
}
